from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.parts import Difference
from runbook.changes.template.values import differences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"MasterUserPassword": "old-one"}, {"MasterUserPassword": "new-one"}),
        ({}, {"Environment": {"Variables": {"DB_PASSWORD": "new-one"}}}),
        ({"Variables": [{"ApiToken": "old-one"}]}, {"Variables": [{"ApiToken": "new-one"}]}),
        ({"Client-Secret": "old-one"}, {"Client-Secret": "new-one"}),
        ({"SecretAccessKey": {"v": ["old-one"]}}, {"SecretAccessKey": {"v": ["new-one"]}}),
        ({}, {"SecretString": "new-one\ue000Name\ue001"}),
    ],
)
def test_a_secret_is_hidden_however_deep_it_stands(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    (found,) = differences(before, after)
    assert "(hidden)" in str(found.after)
    assert "-one" not in str(found)


def test_a_reference_to_a_secret_is_shown() -> None:
    for value in ("\ue000Secret\ue001", "arn:aws:secretsmanager:eu-west-2:123456789012:secret:x"):
        (found,) = differences({}, {"ClientSecret": value})
        assert found == Difference(path="ClientSecret", before=None, after=value)


def test_a_condition_on_a_token_is_no_secret() -> None:
    key = "token.actions.githubusercontent.com:sub"
    (found,) = differences({"StringLike": {key: "repo:a/b:*"}}, {"StringLike": {key: "*"}})
    assert (found.before, found.after) == ("repo:a/b:*", "*")


def test_what_is_no_secret_is_shown() -> None:
    (found,) = differences({"Engine": "mysql"}, {"Engine": "postgres"})
    assert (found.before, found.after) == ("mysql", "postgres")
