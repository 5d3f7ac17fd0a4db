"""The application: read the settings, make the stacks, add the checks, synthesize.

`cdk synth`, `cdk diff` and `cdk deploy` run it. `-c config=FILE` names the configuration.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from aws_cdk import App

from groundwork.checks import accept, add_checks, faults, read_findings
from settings import ConfigurationError, Settings, load
from stacks import make_stacks

REPORT_BY_OURSELVES = {"@aws-cdk/core:failSynthOnValidationErrors": False}
"""The CDK leaves its findings in the assembly, instead of raising them as a stack trace."""

TOO_MANY = "TooManyResourcesInStack"


def main() -> int:
    """Synthesize the configuration. Return 1, having said why, when it cannot be deployed."""
    app = App(context=REPORT_BY_OURSELVES)
    try:
        settings = load(app.node.try_get_context("config") or "groundwork.yaml")
        wrong = synthesize(app, settings, datetime.now(UTC).date())
        for note in () if wrong else settings.mail.notes():
            print(f"Note: {note}", file=sys.stderr)
    except ConfigurationError as error:
        wrong = [str(error)]
    except RuntimeError as error:  # as jsii raises every error of the CDK
        wrong = [refusal(str(error))]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def synthesize(app: App, settings: Settings, today: date) -> list[str]:
    """Write the cloud assembly. Return the findings and expired risks that forbid deploying it."""
    make_stacks(app, settings)
    add_checks(app)
    accept(app, settings.accepted_risks)
    assembly = app.synth()
    findings = read_findings(Path(assembly.directory))
    return list(faults(settings.accepted_risks, findings, today))


def refusal(message: str) -> str:
    """Say what the CDK has against the configuration, and what to do where that is known."""
    advice = "; give some of its senders or buckets a stack of their own, with the field `stack`"
    return f"The CDK refuses the configuration: {message}{advice if TOO_MANY in message else ''}"


if __name__ == "__main__":
    sys.exit(main())
