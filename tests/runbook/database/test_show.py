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
        (False, None, "there is no bastion: data.bastion: true makes one"),
        (False, "i-1", "groundwork database tunnel books"),
    ],
)
def test_a_way_is_named_where_there_is_one(public: bool, bastion: str | None, said: str) -> None:
    place = Place("books", "books.x", 5432, "books", "groundwork", ARN, public, bastion)
    *_, last = _ways(place)
    assert said in last
