"""How to connect to a database, as `database show` says it."""

from __future__ import annotations

import pytest

from runbook.database.place import Place
from runbook.database.show import _ways

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"


@pytest.mark.parametrize(
    ("public", "bastion", "said"),
    [
        (True, None, "credentials show books --as env"),
        (False, None, "Aurora then takes connections from the bastion alone"),
        (False, "i-1", "groundwork database tunnel books"),
    ],
)
def test_a_way_is_named_where_there_is_one(public: bool, bastion: str | None, said: str) -> None:
    place = Place("books", "books.x", 5432, "books", "groundwork", ARN, public, bastion)
    *_, last = _ways(place)
    assert said in last


def test_no_connection_is_advised_that_nothing_leads_to() -> None:
    place = Place("books", "books.x", 5432, "books", "groundwork", ARN, False, None)
    assert "database connect" not in "\n".join(_ways(place))
