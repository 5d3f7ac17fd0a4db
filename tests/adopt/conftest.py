"""An account that was clicked together, adopted with the command, once for all tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

import embedded
from tests.adopt.wiki_page import LONDON, Made, click

ACCOUNT, HOME = "123456789012", "us-east-1"
BIN = Path(sys.executable).parent
REGISTER = (
    "--contact=sysadmin@open-contracting.org",
    "--cost-center=1234",
    "--approval=OPS-42",
    "--owner=platform",
)
READ = (
    "AWS::EC2::InternetGateway",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::IAM::User",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSubnetGroup",
    "AWS::S3::Bucket",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
)


@dataclass
class Adoption:
    """The account, the folder with the file, and what each command said."""

    folder: Path
    instance: embedded.Embedded
    said: dict[str, str] = field(default_factory=dict)
    made: Made | None = None
    states: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, region: str = HOME, **credentials: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            region_name=region,
            endpoint_url=self.instance.endpoint,
            verify=str(self.instance.certificate),
            config=Config(s3={"addressing_style": "path"}),
            **(credentials or {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}),
        )

    def run(self, step: str, *command: str) -> None:
        """Run a command of the checkout in the folder, and keep what it said."""
        finished = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=self.folder,
            env={**os.environ, **self.instance.environment(), "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, f"{step}: {finished.stdout}{finished.stderr}"
        self.said[step] = finished.stdout

    def adopt(self, step: str, *arguments: str) -> None:
        regions = (f"--region={HOME}", f"--region={LONDON}")
        self.run(step, "groundwork", "adopt", *regions, *REGISTER, *arguments)

    def state(self) -> dict[tuple[str, str, str], Any]:
        """What every adopted resource is, and who owns which key: all of it has to stay."""
        found = {}
        for region in (HOME, LONDON):
            control = self.client("cloudcontrol", region)
            for kind in READ:
                for item in control.list_resources(TypeName=kind)["ResourceDescriptions"]:
                    found[kind, region, item["Identifier"]] = item["Properties"]
        return found


@pytest.fixture(scope="session")
def adoption(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adoption]:
    """Click, look, write, import, approve, execute, and prepare the ordinary change after it."""
    state = tmp_path_factory.mktemp("adopt-aws")
    instance = embedded.start(state, ACCOUNT, HOME)
    try:
        story = Adoption(tmp_path_factory.mktemp("adopt"), instance)
        story.made = click(story.client)
        environments = [f"aws://{ACCOUNT}/{region}" for region in (HOME, LONDON)]
        story.run("bootstrap", "cdk", "bootstrap", *environments, "--no-notices")
        story.states["clicked"] = story.state()
        story.adopt("look")
        story.states["looked"] = story.state()
        story.adopt("import", "--write", "--prepare")
        story.run("approve", "groundwork", "changes", "approve")
        story.run("execute", "groundwork", "changes", "execute")
        story.states["imported"] = story.state()
        story.adopt("again")
        story.run("next", "groundwork", "changes", "prepare")
        story.run("json", "groundwork", "changes", "show", "--json")
        yield story
    finally:
        embedded.stop(state)
