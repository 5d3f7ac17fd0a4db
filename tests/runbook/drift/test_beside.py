"""Rules of security groups beside the declared."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from runbook.drift import beside, principals
from runbook.drift.deployed import Deployed

RULE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class Answering:
    """EC2 with one group, which lets SSH in."""

    def describe_security_groups(self, **_: Any) -> Any:
        return {"SecurityGroups": [{"IpPermissions": [RULE], "IpPermissionsEgress": []}]}


class Denying:
    """A service of which nothing may be asked."""

    def __getattr__(self, name: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, name)


def test_what_may_not_be_asked_keeps_nothing_else_back(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"F": "AWS::Lambda::Function", "G": "AWS::EC2::SecurityGroup"}
    resources = {name: {"Type": kind, "Properties": {}} for name, kind in kinds.items()}
    stack = Deployed("data-us-east-1", "us-east-1", resources, {"F": "keys", "G": "sg-1"})
    monkeypatch.setattr(Deployed, "functions", cast("Any", Denying()))
    monkeypatch.setattr(Deployed, "ec2", cast("Any", Answering()))
    answers = beside.found(stack)
    assert next(answers).what == "has ingress rules that nobody declared"
    with pytest.raises(ClientError, match="AccessDenied"):
        next(answers)


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


class Members:
    """IAM with a group without policies, whose members come on two pages."""

    def list_attached_group_policies(self, **_: str) -> Any:
        return {"AttachedPolicies": []}

    def list_group_policies(self, **_: str) -> Any:
        return {"PolicyNames": []}

    def get_paginator(self, name: str) -> Any:
        return self

    def paginate(self, **_: str) -> Any:
        return [{"Users": [{"UserName": name}]} for name in ("declared", "added")]


def test_a_member_is_named_on_whatever_page_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    addition = {"GroupName": "readers", "Users": ["declared"]}
    resources = {"A": {"Type": principals.ADDITION, "Properties": addition}}
    stack = Deployed("backup-us-east-1", "us-east-1", resources, {"A": "a"})
    monkeypatch.setattr(Deployed, "iam", cast("Any", Members()))
    found = [*principals.of_group(stack, "readers", {})]
    assert found == [("has a member that nobody declared", "added")]
