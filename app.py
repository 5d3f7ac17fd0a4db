"""The application: read the settings, make the stacks, add the checks, synthesize.

`cdk synth`, `cdk diff` and `cdk deploy` run it. `-c config=FILE` names the configuration.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from aws_cdk import App

from groundwork.checks import Refusal, accept, add_checks, read_findings, refusals
from settings import ConfigurationError, Settings, configuration_error, load
from stacks import make_stacks

REPORT_BY_OURSELVES = {"@aws-cdk/core:failSynthOnValidationErrors": False}
"""The CDK leaves its findings in the assembly, instead of raising them as a stack trace."""


def main() -> int:
    """Synthesize the configuration. Print why and return 1 when it cannot be deployed."""
    app = App(context=REPORT_BY_OURSELVES)
    try:
        file = app.node.try_get_context("config") or "groundwork.yaml"
        settings = load(file)
        if refused := synthesize(app, settings, datetime.now(UTC).date()):
            raise configuration_error(file, refused)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    except RuntimeError as error:  # as jsii raises every error of the CDK
        print(f"The CDK refuses the configuration: {error}", file=sys.stderr)
        return 1
    for note in settings.mail.notes():
        print(f"Note: {note}", file=sys.stderr)
    return 0


def synthesize(app: App, settings: Settings, today: date) -> list[Refusal]:
    """Write the cloud assembly. Return the findings and expired risks that forbid deploying it."""
    make_stacks(app, settings)
    add_checks(app)
    accept(app, settings.accepted_risks)
    assembly = app.synth()
    findings = read_findings(Path(assembly.directory))
    return list(refusals(settings.accepted_risks, findings, today))


if __name__ == "__main__":
    sys.exit(main())
