"""The file of every field, deployed twice, in an account that holds several environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

import embedded
from embedded import Embedded
from runbook.base import aws
from runbook.base.outputs import Outputs
from settings import load
from settings.plan import plans
from tests.end_to_end.conftest import Run, groundwork
from tests.settings.test_every_field import EVERYTHING

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("everything")]


@dataclass(frozen=True)
class Deployed:
    """The account, the file as it was deployed, and what both runs said."""

    instance: Embedded
    file: Path
    first: Run
    second: Run

    def client(self, service: str, region: str) -> Any:
        return _client(self.instance, service, region)


def _client(instance: Embedded, service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=instance.endpoint,
        verify=str(instance.certificate),
        aws_access_key_id=instance.account,
        aws_secret_access_key="any",
    )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deploy the file, with the hosted zone that it names made before."""
    state = tmp_path_factory.mktemp("everything")
    instance = embedded.start(state, "123456789012", "us-east-1")
    try:
        zone = _client(instance, "route53", "us-east-1").create_hosted_zone(
            Name="example.net", CallerReference="everything"
        )["HostedZone"]["Id"]
        file = state / "everything.yaml"
        file.write_text(EVERYTHING.replace("Z0123456789ABC", zone.removeprefix("/hostedzone/")))
        command = ("local", "deploy", "--config", str(file), "--state", str(state))
        yield Deployed(instance, file, groundwork(*command), groundwork(*command))
    finally:
        embedded.stop(state)


def test_every_stack_of_the_plans_is_deployed_under_its_environments_name(
    deployed: Deployed,
) -> None:
    assert deployed.first.status == 0, deployed.first.errors
    for plan in plans(load(deployed.file)):
        found = deployed.client("cloudformation", plan.region).describe_stacks(StackName=plan.name)
        assert found["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
        assert plan.name.startswith("production-")


def test_the_same_file_again_changes_nothing(deployed: Deployed) -> None:
    assert deployed.second.status == 0, deployed.second.errors
    assert "Nothing changed" in deployed.second.output


def test_the_runbook_finds_every_output_that_a_plan_promises(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = partial(deployed.client, "cloudformation")
    monkeypatch.setattr(aws, "cloudformation", client)
    settings = load(deployed.file)
    outputs = Outputs(settings)
    for plan in plans(settings):
        for kind, item in plan.outputs:
            assert outputs.by_region(kind, item)[plan.region]


def test_names_that_the_account_knows_once_carry_the_environment(deployed: Deployed) -> None:
    users = deployed.client("iam", "us-east-1").list_users()["Users"]
    names = {user["UserName"] for user in users}
    assert {"production-credere", "production-files", "production-database"} <= names
    topics = deployed.client("sns", "us-east-1").list_topics()["Topics"]
    named = {topic["TopicArn"].rpartition(":")[2] for topic in topics}
    assert {"production-mail-alarms", "production-data-example-org"} <= named
