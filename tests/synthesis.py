"""The application synthesized inside this process, with its checks or without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

import app as application
from runbook.base.assembly import Assembly
from runbook.base.errors import UserError
from runbook.changes.prepare import now
from settings import load
from stacks import make_stacks

Synthesize = Callable[[Path, Path], Assembly]


def synthesize(configuration: Path, output: Path) -> Assembly:
    """Make the assembly that `runbook.base.project.synthesize` makes, without the checks."""
    made = _app(output, {}, validated=False)
    # What a synthesis with the checks left there: the CDK would refuse to publish for it.
    (output / "validation-report.json").unlink(missing_ok=True)
    make_stacks(made, load(configuration))
    made.synth()
    return Assembly(output.absolute())


class Checked:
    """Some syntheses with the checks, which take most of the time, then ones without."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, configuration: Path, output: Path) -> Assembly:
        """Synthesize, and refuse what the checks find."""
        if not self.times:
            return synthesize(configuration, output)
        self.times -= 1
        made = _app(output, application.REPORT_BY_OURSELVES)
        if refused := application.synthesize(made, load(configuration), now().date()):
            raise UserError(f"The configuration cannot be deployed: {refused}")
        return Assembly(output.absolute())


def _app(output: Path, context: Mapping[str, Any], *, validated: bool = True) -> App:
    from tests.conftest import CONTEXT

    return App(
        outdir=str(output.absolute()),
        context={**CONTEXT, **context},
        builtin_cloud_formation_validation=validated,
    )
