"""What stands beside the declared."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from runbook.drift import beside, mail, network, principals, storage
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
    assert [what for what, _ in network.of_group(stack, "sg-1", properties)] == found


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


class Secrets:
    """Secrets Manager with a secret that is turned over and copied."""

    def get_resource_policy(self, **_: str) -> Any:
        return {}

    def describe_secret(self, **_: str) -> Any:
        arn = "arn:aws:lambda:us-east-1:999999999999:function:theirs"
        return {
            "RotationEnabled": True,
            "RotationLambdaARN": arn,
            "ReplicationStatus": [{"Region": "eu-west-2"}],
        }


@pytest.mark.parametrize(
    ("kinds", "properties", "found"),
    [
        (
            {},
            {},
            [
                "is rotated by a function that nobody declared",
                "has a copy that nobody declared",
            ],
        ),
        ({"R": "AWS::SecretsManager::RotationSchedule"}, {"ReplicaRegions": []}, []),
    ],
    ids=["of nobody", "declared"],
)
def test_who_else_gets_a_secret_is_named(
    kinds: Any, properties: Any, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = {n: {"Type": kind, "Properties": {"SecretId": "s"}} for n, kind in kinds.items()}
    stack = Deployed("mail-us-east-1", "us-east-1", resources, {"R": "r"})
    monkeypatch.setattr(Deployed, "secrets", cast("Any", Secrets()))
    assert [what for what, _ in storage.of_secret(stack, "s", properties)] == found


class Buckets:
    """S3 with a bucket that somebody copies, and that has no policy."""

    def get_bucket_policy(self, **_: str) -> Any:
        raise ClientError({"Error": {"Code": "NoSuchBucketPolicy", "Message": ""}}, "GetPolicy")

    def get_bucket_replication(self, **_: str) -> Any:
        return {"ReplicationConfiguration": {"Role": "theirs", "Rules": []}}

    def get_bucket_notification_configuration(self, **_: str) -> Any:
        return {"ResponseMetadata": {}}


def test_a_copy_of_a_bucket_is_named_though_other_things_are_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = Deployed("backup-us-east-1", "us-east-1", {}, {})
    monkeypatch.setattr(Deployed, "s3", cast("Any", Buckets()))
    (found,) = storage.of_bucket(stack, "b", {})
    assert found[0] == "has a replication that nobody declared"


class Sets:
    """SES with a configuration set that tells nobody."""

    def get_configuration_set_event_destinations(self, **_: str) -> Any:
        return {}

    def get_configuration_set(self, **_: str) -> Any:
        return {"ArchivingOptions": {"ArchiveArn": "theirs"}}


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({}, [("archives its mail, which nobody declared", "theirs")]),
        ({"ArchivingOptions": {}}, []),
    ],
)
def test_an_archive_of_mail_is_named(
    properties: Any, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Deployed("mail-us-east-1", "us-east-1", {}, {})
    monkeypatch.setattr(Deployed, "sesv2", cast("Any", Sets()))
    assert [*mail.of_configuration_set(stack, "s", properties)] == found
