"""The example's first deployment fails at each resource in turn, and leaves nothing in the way.

Every attempt starts on what the one before it left, so what stayed behind would make it fail
elsewhere, and the last one succeeds. tests/end_to_end/failing.py says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import embedded
from embedded import lifecycle
from tests.conftest import EXAMPLE, templates_of
from tests.embedded.conftest import Aws, DeploymentError
from tests.embedded.gaps.templates import LAMBDA, attribute, function
from tests.end_to_end import failing

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("failed creations")]

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {}}
CANNOT_DELETE = """
import json, urllib.request
def handler(event, context):
    failed = event["RequestType"] == "Delete"
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")} | {
        "Status": "FAILED" if failed else "SUCCESS", "Reason": "cannot delete",
        "PhysicalResourceId": "made"}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(),
                                     {"Content-Type": ""}, method="PUT")
    urllib.request.urlopen(request)
"""
IN_ONE_REGION = re.sub(r"\n      region: eu-west-2.*", "", EXAMPLE)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An account with nothing but the role that the example trusts."""
    directory = tmp_path_factory.mktemp("failed-creations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifecycle, "MODULE", failing.__name__)
        aws = Aws(embedded.start(directory, "123456789012", "us-east-1"))
        try:
            trust = str(LAMBDA).replace("'", '"')
            aws.client("iam").create_role(RoleName="developers", AssumeRolePolicyDocument=trust)
            yield aws
        finally:
            embedded.stop(directory)


@pytest.mark.parametrize("stack", ["access", "backup", "data", "mail"])
def test_the_next_deployment_succeeds_wherever_the_first_one_failed(aws: Aws, stack: str) -> None:
    name = f"{stack}-us-east-1"
    resources = templates_of(IN_ONE_REGION)[name].to_json()["Resources"]
    aws.deploy(name, resources)
    failed = (aws.instance.directory / failing.FAILED).read_text().split()
    assert failed[-len(resources) :] == list(resources)


def test_what_a_failed_creation_leaves_behind_is_found(aws: Aws) -> None:
    named = {"Properties": {"LogGroupName": "left"}, "DeletionPolicy": "Retain"}
    resources = {"Left": {"Type": "AWS::Logs::LogGroup", **named}, "Topic": TOPIC, "Other": TOPIC}
    with pytest.raises(DeploymentError, match=r"^ROLLBACK_COMPLETE: Left .*'left' already exists"):
        aws.deploy("leaving", resources)


def test_what_the_function_of_a_failed_custom_resource_made_is_found(aws: Aws) -> None:
    custom = {
        "Type": "Custom::Keeping",
        "Properties": {"ServiceToken": attribute("Arn", of="Function")},
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": LAMBDA}}
    resources = {"Role": role, "Function": function(CANNOT_DELETE), "Custom": custom}
    with pytest.raises(DeploymentError, match=r"^ROLLBACK_FAILED: .*\[Custom\].*cannot delete"):
        aws.deploy("keeping", resources)
