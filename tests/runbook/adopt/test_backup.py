"""What the file may say of a bucket: never more than its rules do."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.adopt import backup, lifecycle
from runbook.adopt.item import Live
from runbook.adopt.policies import Held, allowing

ENABLED = {"Id": "a rule", "Status": "Enabled"}


class Anywhere:
    """An account of which nothing is asked but its partition."""

    partition = "aws"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"ExpirationInDays": 7}, {"expire_after_days": 7}),
        ({"ExpirationInDays": 7, "Prefix": ""}, {"expire_after_days": 7}),
        ({"ExpirationInDays": 7, "ExpiredObjectDeleteMarker": True}, {"expire_after_days": 7}),
        ({"ExpirationInDays": 7, "Status": "Disabled"}, {}),
        ({"ExpirationInDays": 7, "Prefix": "logs/"}, {}),
        ({"ExpirationInDays": 7, "TagFilters": [{"Key": "a", "Value": "b"}]}, {}),
        ({"ExpirationInDays": 7, "ObjectSizeGreaterThan": "1000"}, {}),
        ({"ExpirationInDays": 7, "Transitions": [{"StorageClass": "GLACIER"}]}, {}),
        (
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 5}},
            {"noncurrent_expire_after_days": 5},
        ),
        (
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 5, "NewerNoncurrentVersions": 3}},
            {},
        ),
        (
            {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
            {"abort_uploads_after_days": 2},
        ),
    ],
)
def test_a_rule_is_taken_over_only_if_the_file_can_say_all_of_it(
    rule: dict[str, Any], days: dict[str, int]
) -> None:
    whole = {**ENABLED, **rule}
    assert lifecycle.days([whole]) == days
    assert lifecycle.is_said(whole) == bool(days)


def test_of_several_rules_the_fewest_days_hold_as_in_s3() -> None:
    rules = [{**ENABLED, "ExpirationInDays": days} for days in (30, 7, 90)]
    assert lifecycle.days(rules) == {"expire_after_days": 7}


@pytest.mark.parametrize(
    ("kept", "lock", "named"),
    [
        (None, None, 0),
        ({}, None, 1),
        ({"Days": 30, "Mode": "COMPLIANCE"}, {"days": 30, "mode": "compliance"}, 0),
        ({"Years": 2, "Mode": "GOVERNANCE"}, {"days": 730, "mode": "governance"}, 0),
    ],
    ids=["no lock", "no time", "days", "years"],
)
def test_object_lock_is_taken_over_with_its_time(kept: Any, lock: Any, named: int) -> None:
    rule = {"Rule": {"DefaultRetention": kept}} if kept else {}
    found = {} if kept is None else {"ObjectLockConfiguration": {"Enabled": "Enabled", **rule}}
    bucket, anywhere = Live("AWS::S3::Bucket", "vault", found), Anywhere()
    said, remarks = backup._object_lock(anywhere, bucket)  # type: ignore[arg-type]
    assert said == lock
    assert len(remarks) == named


def test_what_a_bucket_does_besides_is_named() -> None:
    said = {"WebsiteConfiguration": {"IndexDocument": "index.html"}, "Tags": []}
    anywhere: Any = Anywhere()
    (remark,) = backup._beside(anywhere, Live("AWS::S3::Bucket", "vault", said))
    assert remark.subject == "website of vault (arn:aws:s3:::vault)"


def held(**statement: Any) -> Held:
    return Held("p", inline=True, statement={"Effect": "Allow", **statement})


@pytest.mark.parametrize(
    ("resource", "tool"),
    [
        ("arn:aws:s3:::vault/*", "files"),
        ("arn:aws:s3:::vault*", "files"),
        ("arn:aws:s3:::vault-of-others/*", None),
        ("arn:aws:s3:::vault-of-others*", None),
        ("*", None),
    ],
)
def test_a_bucket_with_a_longer_name_is_another_one(resource: str, tool: str | None) -> None:
    access = backup._access("vault", [held(Action="s3:*", Resource=resource)])
    assert (access or {}).get("tool") == tool


def test_whoever_may_do_everything_but_something_is_no_backup_user() -> None:
    statement = held(NotAction="s3:DeleteBucket", Resource="arn:aws:s3:::vault/*")
    assert backup._access("vault", [statement]) is None


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ({"Action": ["a:B", "a:C"], "Resource": "*"}, "a:B on *; a:C on *"),
        ({"NotAction": "iam:*", "Resource": "*"}, "everything but iam:* on *"),
        ({"Action": "a:B", "NotResource": ["x", "y"]}, "a:B on everything but x, y"),
        ({"Action": "a:B", "Resource": "*", "Effect": "Deny"}, "but not a:B on *"),
        (
            {"Action": "a:B", "Resource": "*", "Condition": {"Bool": {"a": "b"}}},
            "a:B on *, under conditions",
        ),
    ],
)
def test_what_a_policy_allows_is_said_with_its_exceptions(
    statement: dict[str, Any], text: str
) -> None:
    assert allowing([held(**statement)]) == text
