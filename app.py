"""The application: read the settings, make the stacks, add the checks, synthesize.

`cdk synth`, `cdk diff` and `cdk deploy` run it. `-c config=FILE` names the configuration.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from aws_cdk import App

from groundwork.checks import accept, add_checks, faults, read_findings
from settings import ConfigurationError, load
from stacks import make_stacks

REPORT_BY_OURSELVES = {"@aws-cdk/core:failSynthOnValidationErrors": False}
"""The CDK leaves its findings in the assembly, instead of raising them as a stack trace."""


def main() -> int:
    """Synthesize the configuration. Return 1, having said why, when it cannot be deployed."""
    app = App(context=REPORT_BY_OURSELVES)
    try:
        settings = load(app.node.try_get_context("config") or "groundwork.yaml")
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    make_stacks(app, settings)
    add_checks(app)
    accept(app, settings.accepted_risks)
    assembly = app.synth()
    found = read_findings(Path(assembly.directory))
    today = datetime.now(UTC).date()
    wrong = list(faults(settings.accepted_risks, found, today))
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
