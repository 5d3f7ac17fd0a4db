"""The resource types that the gaps add: each is still unknown to ministack."""

import json
import subprocess
import sys

import pytest

from embedded.gaps import GAPS

NEW_TYPES = (
    "AWS::CloudTrail::Trail",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::VPCCidrBlock",
    "AWS::IAM::Group",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::UserToGroupAddition",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyEndpoint",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SES::Tenant",
    "AWS::SSM::Document",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
)
TYPES_OF = """
import json
from embedded.gaps._ministack import HANDLERS
before = sorted(HANDLERS)
from embedded import gaps
gaps.install()
print(json.dumps([before, sorted(HANDLERS)]))
"""


@pytest.fixture(scope="session")
def types() -> tuple[set[str], set[str]]:
    """The resource types of ministack, and those of the embedded AWS."""
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TYPES_OF],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    before, after = json.loads(output.splitlines()[-1])
    return set(before), set(after)


@pytest.mark.parametrize("resource_type", NEW_TYPES)
def test_ministack_still_lacks_the_type(
    resource_type: str, types: tuple[set[str], set[str]]
) -> None:
    before, after = types
    assert resource_type not in before
    assert resource_type in after


def test_every_type_that_is_added_is_named_here(types: tuple[set[str], set[str]]) -> None:
    before, after = types
    assert sorted(after - before) == sorted(NEW_TYPES)


def test_the_gaps_are_listed_in_order() -> None:
    assert list(GAPS) == sorted(GAPS)
