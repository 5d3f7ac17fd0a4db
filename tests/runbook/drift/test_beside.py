"""Rules of security groups beside the declared."""

from __future__ import annotations

from typing import Any, cast

import pytest

from runbook.drift import beside
from runbook.drift.deployed import Deployed

RULE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class Answering:
    """EC2 with one group, which lets SSH in."""

    def describe_security_groups(self, **_: Any) -> Any:
        return {"SecurityGroups": [{"IpPermissions": [RULE], "IpPermissionsEgress": []}]}


@pytest.mark.parametrize(
    ("properties", "apart", "found"),
    [
        ({}, False, ["has ingress rules that nobody declared"]),
        ({"SecurityGroupIngress": []}, False, ["has ingress rules that nobody declared"]),
        ({"SecurityGroupIngress": []}, True, []),
        ({"SecurityGroupIngress": [{"CidrIp": "10.0.0.0/8"}]}, False, []),
    ],
    ids=["no list", "an empty list", "a rule of its own", "a list that CloudFormation compares"],
)
def test_a_rule_that_cloudformation_does_not_compare_is_named(
    properties: Any, apart: bool, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": "sg-1"}}
    resources = {"In": rule} if apart else {}
    stack = Deployed("data-us-east-1", "us-east-1", resources, {"In": "sgr-1"})
    monkeypatch.setattr(Deployed, "ec2", cast("Any", Answering()))
    assert [what for what, _ in beside._of_group(stack, "sg-1", properties)] == found
