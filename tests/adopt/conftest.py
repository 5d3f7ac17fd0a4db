"""Accounts that were clicked together, adopted with the command, each once for all tests."""

import os
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import embedded
from embedded.smtp import password
from tests import killing
from tests.adopt.wiki_page import DOMAIN, LONDON, PASSWORD, Made, click
from tests.commands import Call, Shell, bootstrap
from tests.instances import client_of
from tests.synthesis import Checked

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
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SES::Tenant",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
)


IMPORT = ("--write", "--prepare", "--keep-password")
READING = ("Describe", "Detect", "Get", "Head", "List", "Validate")
OUR_OWN = {
    ("cloudformation", "CreateChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudformation", "SetStackPolicy"),
    ("cloudformation", "UpdateTerminationProtection"),
    ("s3", "PutObject"),
    ("secretsmanager", "CreateSecret"),
    ("secretsmanager", "PutSecretValue"),
}
"""All that an import calls and that does not only read."""


def changing(calls: Iterable[Call]) -> list[Call]:
    """Return the calls that change something, which the import may not do to what it adopts."""
    return [call for call in calls if not call.operation.startswith(READING)]


def are_our_own(calls: Iterable[Call]) -> bool:
    """Tell whether calls make stacks, uploads to the CDK's bucket and new secrets, and no more."""
    return all(
        (call.service, call.operation) in OUR_OWN and _place(call).startswith(OURS)
        for call in calls
    )


OURS = (
    "arn:aws:cloudformation:",
    "backup-",
    "cdk-hnb659fds-assets-",
    "data-",
    "groundwork-adopted/",
    "mail-",
)


def _place(call: Call) -> str:
    """Return what a call is about: a stack or a change set, a bucket, or a secret."""
    names = ("StackName", "ChangeSetName", "Bucket", "SecretId", "Name")
    return next(str(call.parameters[name]) for name in names if name in call.parameters)


class Event(NamedTuple):
    """One event of a stack."""

    id: str
    status: str
    reason: str


@dataclass
class Adoption:
    """An account, the folder with its file, and what each command said."""

    folder: Path
    instance: embedded.Embedded
    account: str = ACCOUNT
    regions: tuple[str, ...] = (HOME, LONDON)
    variables: dict[str, str] = field(default_factory=dict)
    """What somebody's shell has besides."""
    inside: Shell | None = None
    """Where commands run in this process; without it, each is started as a person does."""
    said: dict[str, str] = field(default_factory=dict)
    made: Made | None = None
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "groundwork.yaml"

    @property
    def environment(self) -> dict[str, str]:
        ours = {**self.instance.environment(), "AWS_ACCESS_KEY_ID": self.account}
        return {**os.environ, **ours, **self.variables, "COLUMNS": "200", "NO_COLOR": "1"}

    def client(self, service: str, region: str = HOME, **credentials: str) -> Any:
        ours = {"aws_access_key_id": self.account, "aws_secret_access_key": "any"}
        return client_of(self.instance, service, region, credentials or ours)

    def run(self, step: str, *command: str, typed: str = "") -> None:
        """Run a command of the checkout in the folder, and keep what it said."""
        if self.inside:
            ended = self.inside.run(*command[1:], typed=typed)
            assert ended.status == 0, f"{step}: {ended.output}{ended.errors}"
            self.said[step] = ended.output
            return
        finished = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, f"{step}: {finished.stdout}{finished.stderr}"
        self.said[step] = finished.stdout

    def bootstrap(self) -> None:
        if self.inside:
            bootstrap(self.inside, *self.regions)
            return
        environments = [f"aws://{self.account}/{region}" for region in self.regions]
        self.run("bootstrap", "cdk", "bootstrap", *environments, "--no-notices")

    def adopt(
        self, step: str, *arguments: str, typed: str = "", killed_after: str | None = None
    ) -> None:
        regions = [f"--region={region}" for region in self.regions]
        command = ["adopt", *regions, *REGISTER, *arguments]
        if killed_after:
            self.kill(killed_after, *command, typed=typed)
        else:
            self.run(step, "groundwork", *command, typed=typed)

    def execute(self, *, killed_after: str | None = None) -> None:
        self.run("approve", "groundwork", "changes", "approve")
        if killed_after:
            self.kill(killed_after, "changes", "execute")
        self.run("execute", "groundwork", "changes", "execute")

    def kill(self, operation: str, *command: str, typed: str = "") -> None:
        """Kill a command once it has had an effect, in a process of its own."""
        killing.killed_after(
            operation, *command, environment=self.environment, folder=self.folder, typed=typed
        )

    def prepare_next(self) -> None:
        """Prepare the first ordinary change, whose review shows what the file would change."""
        self.run("next", "groundwork", "changes", "prepare")
        self.run("json", "groundwork", "changes", "show", "--json")

    def state(self) -> dict[tuple[str, str, str], Any]:
        """What every adopted resource is, and who has which key: all of it has to stay."""
        found = {}
        for region in self.regions:
            control = self.client("cloudcontrol", region)
            for kind in READ:
                for item in control.list_resources(TypeName=kind)["ResourceDescriptions"]:
                    found[kind, region, item["Identifier"]] = item["Properties"]
        iam = self.client("iam")
        for user in iam.list_users()["Users"]:
            name = user["UserName"]
            keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
            found["key", HOME, name] = sorted((key["AccessKeyId"], key["Status"]) for key in keys)
        return {**found, **self.objects(), **self.connections()}

    def objects(self) -> dict[Any, Any]:
        """Return what lies in each bucket but those of tools."""
        s3 = self.client("s3")
        names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        return {
            ("object", name, item["Key"]): (item["ETag"], item["LastModified"])
            for name in names
            if not name.startswith("cdk-")
            for item in s3.list_objects_v2(Bucket=name).get("Contents", ())
        }

    def connections(self) -> dict[str, Any]:
        """Return what a connected client has to find again: all that RDS says of each database."""
        rds = self.client("rds")
        instances = rds.describe_db_instances()["DBInstances"]
        clusters = rds.describe_db_clusters()["DBClusters"]
        return {
            **{instance["DBInstanceIdentifier"]: instance for instance in instances},
            **{cluster["DBClusterIdentifier"]: cluster for cluster in clusters},
        }

    def with_key(self, service: str, key: dict[str, str]) -> Any:
        """Return a client of whoever has a key."""
        return self.client(
            service,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    def send(self, subject: str, to: str) -> None:
        """Send a message over SMTP with the key that was made by hand."""
        assert self.made
        key, mail = self.made.smtp_key, EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"noreply@{DOMAIN}", to, subject
        trusted = ssl.create_default_context(cafile=self.instance.certificate)
        with smtplib.SMTP("localhost", self.instance.smtp_port, timeout=30) as client:
            client.starttls(context=trusted)
            client.login(key["AccessKeyId"], password(key["SecretAccessKey"], HOME))
            assert client.send_message(mail) == {}

    def events(self) -> set[Event]:
        """Return what CloudFormation says that it did."""
        found = set()
        for region in self.regions:
            client = self.client("cloudformation", region)
            for stack in client.describe_stacks()["Stacks"]:
                pages = client.get_paginator("describe_stack_events")
                for page in pages.paginate(StackName=stack["StackId"]):
                    found |= {
                        Event(
                            event["EventId"],
                            event["ResourceStatus"],
                            event.get("ResourceStatusReason", ""),
                        )
                        for event in page["StackEvents"]
                    }
        return found


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Embedded]:
    """One embedded AWS, which has an account for each twelve digits that sign a call."""
    state = tmp_path_factory.mktemp("adopt-aws")
    try:
        yield embedded.start(state, ACCOUNT, HOME)
    finally:
        embedded.stop(state)


@pytest.fixture(scope="session")
def adoption(instance: embedded.Embedded, tmp_path_factory: pytest.TempPathFactory) -> Adoption:
    """Click, look, write, import, approve, execute, and prepare the ordinary change after it.

    The passwords of both databases are known, and kept. Both steps that change stacks are killed
    after the first of them, and run again.
    """
    story = Adoption(tmp_path_factory.mktemp("adopt"), instance)
    story.inside = Shell(story.environment, story.folder, Checked(2))
    story.made = click(story.client)
    story.bootstrap()
    story.send("before", f"verification@{DOMAIN}")
    story.states["clicked"] = story.state()
    story.inside.calls.clear()
    story.adopt("look")
    story.states["looked"] = story.state()
    story.adopt("import", *IMPORT, typed=f"{PASSWORD}\n" * 2, killed_after="CreateChangeSet")
    story.adopt("import", *IMPORT, typed=f"{PASSWORD}\n" * 2)
    story.execute(killed_after="ExecuteChangeSet")
    story.states["calls"] = [*story.inside.calls]
    story.states["imported"] = story.state()
    story.run("dns", "groundwork", "dns", "check", "--server=127.0.0.1")
    story.adopt("again")
    story.prepare_next()
    story.states["prepared"] = story.state()
    story.send("after", f"verification@{DOMAIN}")
    return story
