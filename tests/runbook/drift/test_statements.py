"""Which statements of a policy nobody declared."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from runbook.drift.statements import is_default, undeclared

ARN = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::reports"]]}
DECLARED: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ARN}
LIVE = {**DECLARED, "Resource": "arn:aws:s3:::reports"}
MORE = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


@pytest.mark.parametrize(
    "live",
    [
        LIVE,
        {**LIVE, "Action": ["s3:List*", "s3:Get*"]},
        {**LIVE, "Resource": ["arn:aws:s3:::reports"]},
    ],
)
def test_what_was_declared_is_declared_however_it_is_written(live: Any) -> None:
    assert [*undeclared(policy(live), [policy(DECLARED)])] == []


@pytest.mark.parametrize(
    "live",
    [
        MORE,
        {**LIVE, "Action": ["s3:Get*", "s3:*"]},
        {**LIVE, "Action": ["s3:Get*", "s3:List*", "s3:Put*"]},
        {**LIVE, "Effect": "Deny"},
        {**LIVE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {**LIVE, "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::other"]},
    ],
)
def test_a_statement_that_says_more_or_something_else_is_named(live: Any) -> None:
    assert [*undeclared(policy(LIVE, live), [policy(DECLARED)])] == [live]


def test_a_policy_that_is_text_is_read() -> None:
    text = quote('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}}')
    assert [*undeclared(text, [])] == [{"Effect": "Allow", "Action": "*"}]


def test_snss_own_statement_is_so_while_it_is_for_the_owner_alone() -> None:
    own = {"Sid": "__default_statement_ID", "Principal": {"AWS": "*"}}
    assert is_default({**own, "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}}})
    assert not is_default(own)
