"""The command, run inside this process: the CDK and boto3 are loaded once for many commands.

What is left out is proved by the tests that start the command as a person does: the checks of a
synthesis, and Node for each command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader
from botocore.model import OperationModel
from typer.testing import CliRunner

from embedded import Embedded
from runbook.base import aws, project
from runbook.changes.change_set import find_stack
from runbook.cli import app as command
from runbook.cli import run as explaining
from runbook.local.deploy import TOOLKIT
from settings import load
from settings.plan import plans
from tests.synthesis import Synthesize, synthesize

ROOT = Path(__file__).parents[1]
CDK = Path(sys.executable).parent / "cdk"
ASKED = {
    "CloudFormationExecutionPolicies": "arn:aws:iam::aws:policy/AdministratorAccess",
    "FileAssetsBucketKmsKeyId": "AWS_MANAGED_KEY",
}
"""The parameters that `cdk bootstrap` passes besides its template's own."""


@dataclass(frozen=True)
class Ended:
    """What a command printed, and how it ended."""

    status: int
    output: str
    errors: str


class Call(NamedTuple):
    """One call of an API, as it was asked for."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


LOADER = create_loader()
"""Reads the description of each service once for all sessions."""


class Session(boto3.Session):
    """A session that makes each client once: that takes longer than most calls."""

    def __init__(self) -> None:
        inside = botocore.session.get_session()
        inside.register_component("data_loader", LOADER)
        super().__init__(botocore_session=inside)
        made: Any = super().client
        self.client = cache(made)  # type: ignore[method-assign]


@dataclass
class Shell:
    """The variables and the folder in which commands are run, one after the other."""

    environment: Mapping[str, str]
    folder: Path
    synthesize: Synthesize = synthesize
    calls: list[Call] = field(default_factory=list, repr=False)
    """Every call that the commands made, in order."""
    session: boto3.Session | None = field(default=None, repr=False)
    """Kept between commands: a session that is made anew reads every service's description."""

    def run(self, *arguments: str, typed: str = "") -> Ended:
        """Run `groundwork`."""
        with self.entered():
            done = CliRunner().invoke(command, arguments, input=typed)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ended(done.exit_code, done.stdout, done.stderr)

    def explained(self, *arguments: str) -> Ended:
        """Run `groundwork` as a person does, who is told what went wrong."""
        output, errors = _stream(), _stream()
        with (
            self.entered(),
            redirect_stdout(output),
            redirect_stderr(errors),
            patch("sys.argv", ["groundwork", *arguments]),
            pytest.raises(SystemExit) as end,
        ):
            explaining()
        status = end.value.code
        assert status is None or isinstance(status, int)
        return Ended(status or 0, _written(output), _written(errors))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Make this process's environment, folder and clients those of the shell."""
        whole = patch.dict(os.environ, self.environment, clear=True)
        with whole, pytest.MonkeyPatch.context() as changed:
            changed.chdir(self.folder)
            self.session = self.session or self._recorded(Session())
            changed.setattr(boto3, "DEFAULT_SESSION", self.session)
            changed.setattr(project, "synthesize", self.synthesize)
            aws.cloudformation.cache_clear()
            try:
                yield
            finally:
                aws.cloudformation.cache_clear()

    def _recorded(self, session: boto3.Session) -> boto3.Session:
        def record(params: Mapping[str, Any], model: OperationModel, **_: object) -> None:
            called = Call(model.service_model.service_name, model.name, dict(params))
            self.calls.append(called)

        session.events.register("provide-client-params", record)
        return session


def _stream() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def deploy(instance: Embedded, file: Path, synthesize: Synthesize = synthesize) -> Ended:
    """Run `groundwork local deploy` in an account of a test, in all regions of the file."""
    wide = {"COLUMNS": "200", "NO_COLOR": "1"}
    shell = Shell({**instance.within(os.environ), **wide}, ROOT, synthesize)
    with shell.entered():
        regions = sorted({plan.region for plan in plans(load(file))})
        missing = [each for each in regions if not find_stack(aws.cloudformation(each), TOOLKIT)]
    bootstrap(shell, *missing)
    return shell.run("local", "deploy", f"--config={file}", f"--state={instance.directory}")


def bootstrap(shell: Shell, *regions: str) -> None:
    """Prepare the account for the CDK, as `cdk bootstrap` does, without starting it each time."""
    with shell.entered():
        for region in regions:
            client: Any = aws.cloudformation(region)
            client.create_stack(
                StackName=TOOLKIT,
                TemplateBody=_bootstrap_template(),
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value} for key, value in ASKED.items()
                ],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
        for region in regions:
            aws.cloudformation(region).get_waiter("stack_create_complete").wait(
                StackName=TOOLKIT, WaiterConfig={"Delay": 1}
            )


@cache
def _bootstrap_template() -> str:
    done = subprocess.run(
        [CDK, "bootstrap", "--show-template", "--no-notices"],
        cwd=tempfile.gettempdir(),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
