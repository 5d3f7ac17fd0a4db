"""Permissions of a template, said so that nobody takes them for less than they are."""

from __future__ import annotations

from typing import Any

from runbook.changes.access import network, permissions
from runbook.changes.access_diff import is_for_everybody, narrowed, widened
from runbook.changes.template.reading import Reading
from tests.runbook.changes.readings import of, resource


def template(*statements: dict[str, Any]) -> Reading:
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    properties = {"PolicyDocument": document, "Users": ["somebody"]}
    return of(Policy=resource("IAM::Policy", properties))


def bucket_policy(**statement: Any) -> Reading:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", **statement}]}
    properties = {"Bucket": "reports", "PolicyDocument": document}
    return of(Policy=resource("S3::BucketPolicy", properties))


def test_grants_that_differ_in_their_condition_alone_are_always_in_one_order() -> None:
    statements = [
        {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": "*",
            "Condition": {"StringLike": {"ses:FromAddress": f"{number}@example.org"}},
        }
        for number in range(9)
    ]
    conditions = [grant.condition for grant in permissions(of(), template(*statements)).gained]
    assert conditions == sorted(conditions)
    assert len(conditions) == 9


def test_everything_but_one_resource_does_not_read_as_that_one() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret"}
    assert permissions(of(), template(statement)).gained[0].on == "all but arn:aws:s3:::secret"


def test_everybody_but_one_does_not_read_as_that_one() -> None:
    found = permissions(of(), bucket_policy(NotPrincipal={"AWS": "one"}, Resource="reports/x"))
    assert found.gained[0].holder == "everybody but one"


def test_a_resources_own_policy_means_itself_by_a_star() -> None:
    found = permissions(of(), bucket_policy(Principal="*", Resource="*"))
    assert (found.gained[0].holder, found.gained[0].on) == ("anybody", "reports")


def role(*principals: str) -> Reading:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [*principals]}}
    properties = {"AssumeRolePolicyDocument": {"Statement": [trust]}}
    return of(Role=resource("IAM::Role", properties))


def test_a_role_that_trusts_more_is_access_gained() -> None:
    found = permissions(role("one"), role("one", "two"))
    assert [(g.holder, g.allows, g.on) for g in widened(found)] == [
        ("one, two", "sts:AssumeRole", "Role")
    ]


def test_a_denial_is_no_access_gained() -> None:
    found = permissions(of(), bucket_policy(Effect="Deny", Principal="*", Resource="*"))
    assert widened(found) == ()
    assert len(narrowed(found)) == 1
    assert not is_for_everybody(found.gained[0])


def test_an_ingress_rule_of_its_own_is_a_connection_gained() -> None:
    rule = {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "::/0"}
    (found,) = network(of(), of(Rule=resource("EC2::SecurityGroupIngress", rule))).gained
    assert (found.holder, found.allows, found.on) == ("::/0", "tcp 22", "sg-1")


def test_a_public_address_is_a_connection_gained() -> None:
    instance = resource("RDS::DBInstance", {"PubliclyAccessible": True})
    (found,) = network(of(), of(Instance=instance)).gained
    assert (found.holder, found.on) == ("the internet", "Instance")
    assert is_for_everybody(found)
