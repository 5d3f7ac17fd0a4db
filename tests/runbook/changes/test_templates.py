from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.review import Difference
from runbook.changes.templates import differences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"MasterUserPassword": "old-one"}, {"MasterUserPassword": "new-one"}),
        ({}, {"Environment": {"Variables": {"DB_PASSWORD": "new-one"}}}),
        ({"Variables": [{"ApiToken": "old-one"}]}, {"Variables": [{"ApiToken": "new-one"}]}),
        ({}, {"SecretString": {"Fn::Join": ["", ["new-one", {"Ref": "Name"}]]}}),
    ],
)
def test_a_secret_is_hidden_however_deep_it_stands(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    (found,) = differences(before, after)
    assert "(hidden)" in str(found.after)
    assert "-one" not in str(found)


def test_a_reference_to_a_secret_is_shown() -> None:
    (found,) = differences({}, {"SecretId": {"Ref": "Secret"}})
    assert found == Difference(path="SecretId", before=None, after={"Ref": "Secret"})


def test_what_is_no_secret_is_shown() -> None:
    (found,) = differences({"Engine": "mysql"}, {"Engine": "postgres"})
    assert (found.before, found.after) == ("mysql", "postgres")
