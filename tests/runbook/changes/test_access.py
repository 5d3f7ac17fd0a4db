"""Permissions of a template, said so that nobody takes them for less than they are."""

from __future__ import annotations

from typing import Any

from runbook.changes.access import permissions


def template(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    properties = {"PolicyDocument": document, "Users": ["somebody"]}
    return {"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": properties}}}


def bucket_policy(**statement: Any) -> dict[str, Any]:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", **statement}]}
    properties = {"Bucket": "reports", "PolicyDocument": document}
    return {"Resources": {"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": properties}}}


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
    conditions = [grant.condition for grant in permissions({}, template(*statements)).gained]
    assert conditions == sorted(conditions)
    assert len(conditions) == 9


def test_everything_but_one_resource_does_not_read_as_that_one() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret"}
    assert permissions({}, template(statement)).gained[0].on == "all but arn:aws:s3:::secret"


def test_everybody_but_one_does_not_read_as_that_one() -> None:
    found = permissions({}, bucket_policy(NotPrincipal={"AWS": "one"}, Resource="reports/x"))
    assert found.gained[0].holder == "everybody but one"


def test_a_resources_own_policy_means_itself_by_a_star() -> None:
    found = permissions({}, bucket_policy(Principal="*", Resource="*"))
    assert (found.gained[0].holder, found.gained[0].on) == ("anybody", "reports")
