"""The example, deployed once by the command that a newcomer types."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import embedded
from embedded import Embedded
from settings import load
from tests.commands import Ended, Shell, deploy
from tests.end_to_end import sending
from tests.end_to_end.restored import Restored, restored
from tests.instances import client_of
from tests.settings.test_every_field import EVERYTHING
from tests.synthesis import Checked

ROOT = Path(__file__).parents[2]


Command = Callable[..., Ended]


# A shell in which everything leads to another AWS, which `groundwork local` must not reach.
MISLED = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL_STS": "https://elsewhere.invalid",
    "AWS_ENDPOINT_URL_CLOUDFORMATION": "https://elsewhere.invalid",
    "AWS_ENDPOINT_URL_S3": "https://elsewhere.invalid",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_SESSION_TOKEN": "stale",
    "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/elsewhere",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
}


def groundwork(
    *arguments: str, folder: Path = ROOT, variables: Mapping[str, str] | None = None
) -> Ended:
    """Run the command as at a terminal that is 200 columns wide and has no colours."""
    finished = subprocess.run(
        [Path(sys.executable).parent / "groundwork", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(finished.returncode, finished.stdout, finished.stderr)


def in_a_shell(state: Path, arguments: str, variables: str = "") -> Ended:
    """Start the command in a shell that was pointed at an account, as its last lines say."""
    program = Path(sys.executable).parent / "groundwork"
    script = f". '{state}/aws.env' && exec env {variables} '{program}' {arguments}"
    finished = subprocess.run(
        ["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Ended(finished.returncode, finished.stdout, finished.stderr)


@dataclass(frozen=True)
class Deployment:
    """The deployed example: what two runs of the command said, and the account that they left.

    Each run synthesized the example anew, in a process of its own: their templates by name.
    """

    state: Path
    first: Ended
    second: Ended
    templates: tuple[dict[str, bytes], dict[str, bytes]]

    def client(
        self,
        service: str,
        region: str = "us-east-1",
        credentials: Mapping[str, str] | None = None,
    ) -> Any:
        """Make a client of the embedded AWS, as the variables of aws.env would, or as a session."""
        instance = embedded.find(self.state)
        assert instance
        session = credentials and {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        return client_of(instance, service, region, session)

    def secret(self, arn: str) -> dict[str, Any]:
        """Return what a secret holds, read by the role that the example names."""
        role = "arn:aws:iam::123456789012:role/operators"
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        secrets = self.client("secretsmanager", arn.split(":")[3], made)
        return dict(json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"]))

    def outputs(self, stack: str, region: str = "us-east-1") -> dict[str, str]:
        """Return a stack's outputs by name."""
        found = self.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]
        return {item["OutputKey"]: item["OutputValue"] for item in found["Outputs"]}


def _templates(state: Path) -> dict[str, bytes]:
    found = (state / "assembly").glob("*.template.json")
    return {file.name: file.read_bytes() for file in found}


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Deploy the example twice, the second time from a shell that leads elsewhere."""
    state = tmp_path_factory.mktemp("deployment")
    arguments = ("local", "deploy", "--state", str(state))
    try:
        first, once = groundwork(*arguments), _templates(state)
        second, again = groundwork(*arguments, variables=MISLED), _templates(state)
        yield Deployment(state, first, second, (once, again))
    finally:
        groundwork("local", "stop", "--state", str(state))
        assert embedded.find(state) is None


@dataclass(frozen=True)
class Deployed:
    """The account, the file as it was deployed, and what both runs said."""

    instance: Embedded
    file: Path
    first: Ended
    second: Ended

    def client(self, service: str, region: str) -> Any:
        return client_of(self.instance, service, region)

    def run(self, arguments: str) -> Ended:
        """Run the command with the deployed file, inside this process."""
        return _shell(self.instance, "").explained(*shlex.split(arguments), f"--config={self.file}")

    def start(self, arguments: str, variables: str) -> Ended:
        """Start the command with the deployed file, in a shell that was pointed at the account."""
        return in_a_shell(self.file.parent, f"{arguments} --config '{self.file}'", variables)


def make_role(iam: Any, name: str) -> None:
    """Make a role that a file names, as whoever runs the account would."""
    trusted = {"Service": "ec2.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deploy the file, with the hosted zone that it names made before."""
    state = tmp_path_factory.mktemp("everything")
    instance = embedded.start(state, "123456789012", "us-east-1")
    try:
        zone = client_of(instance, "route53").create_hosted_zone(
            Name="example.net", CallerReference="everything"
        )["HostedZone"]["Id"]
        make_role(client_of(instance, "iam"), "auditor")
        file = state / "everything.yaml"
        file.write_text(EVERYTHING.replace("Z0123456789ABC", zone.removeprefix("/hostedzone/")))
        checked = Checked(times=2)  # the checks write the accepted risks into the templates
        first = deploy(instance, file, checked)
        yield Deployed(instance, file, first, deploy(instance, file, checked))
    finally:
        embedded.stop(state)


@pytest.fixture(scope="session")
def restored_copy(
    deployed: Deployed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restored]:
    """A real server, which takes the place of an instance's restored copies."""
    folder = tmp_path_factory.mktemp("restored")
    with restored(folder, load(deployed.file), "analysis") as server:
        yield server


@pytest.fixture
def at(deployment: Deployment) -> Command:
    """Run the command as in a shell that was pointed at the deployment, inside this process."""
    instance = embedded.find(deployment.state)
    assert instance

    def run(arguments: str, variables: str = "") -> Ended:
        return _shell(instance, variables).explained(*shlex.split(arguments))

    return run


@cache
def _shell(instance: Embedded, variables: str) -> Shell:
    given = dict(pair.split("=", 1) for pair in shlex.split(variables))
    checked = Checked(times=2)  # as what is compared with was deployed
    return Shell({**instance.within(os.environ), **given}, ROOT, checked)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sending.Account]:
    """Deploy senders to an account that received mail by another rule set until now."""
    state = tmp_path_factory.mktemp("senders")
    found = sending.Account(embedded.start(state, "123456789012", sending.REGION))
    try:
        sending.make_operator(found.client("iam"))
        found.client("ses").create_receipt_rule_set(RuleSetName="theirs")
        found.client("ses").set_active_receipt_rule_set(RuleSetName="theirs")
        run = found.deploy(sending.SENDERS)
        assert run.status == 0, run.errors
        yield found
    finally:
        embedded.stop(state)
