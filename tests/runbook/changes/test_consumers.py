"""Replicas, consumers and logins are words in a review."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from runbook.changes.analysis import analyse
from runbook.changes.consumers import words
from runbook.changes.parts import item_of
from runbook.changes.render import terminal
from settings.contract import ITEMS
from tests.runbook.changes import samples
from tests.runbook.changes.readings import STACK, reading, resource

TOPIC = {"Topic": resource("SNS::Topic")}
ORG = {"from": ["192.0.2.0/24"]}


def declared(replicas: dict[str, Any]) -> dict[str, Any]:
    books = {"engine": "postgresql", **({"replicas": replicas} if replicas else {})}
    return {"Resources": TOPIC, "Metadata": {ITEMS: {"databases": {"books": books}}}}


def changes(before: dict[str, Any], after: dict[str, Any]) -> Any:
    old, new = reading(declared(before)), reading(declared(after))
    description: Any = {**STACK, "Changes": []}
    return analyse(description, old, new)["declared"]


def said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [text for change in changes(before, after) for text in words(change)]


def reports(**consumers: Any) -> dict[str, Any]:
    return {"reports": {"instance": "db.t4g.micro", "consumers": consumers}}


def test_a_replica_with_its_first_consumer() -> None:
    assert said({}, reports(org={**ORG, "schemas": ["reports"]})) == [
        "replica reports of books is new: it has all that books has, for its consumers alone",
        "consumer org may now connect to replica reports of books from 192.0.2.0/24",
        "consumer org has a new login, org, once somebody has run the reviewed SQL",
        "consumer org may read every table of reports",
    ]


def test_a_replica_of_aurora_says_by_which_way_and_at_which_price() -> None:
    found = said({}, {"reports": {"consumers": {"org": ORG}}})
    assert found[1:4] == [
        "its consumers come through RDS Proxy to readers of books, and never to the writer: while "
        "no reader is available they are refused",
        "the log of books has every statement from now on, or with log_statements those of "
        "consumers, and tokens of IAM no longer log in",
        "RDS charges a second instance within the capacity of books, an interface endpoint in two "
        "zones, and, once for all its replicas, a proxy as of 8 capacity units at least",
    ]
    assert not set(found[1:4]) & {*said({}, reports(org=ORG))}


def test_the_rows_are_the_replica_and_the_consumer_and_not_the_database() -> None:
    found = changes({}, reports(org=ORG))
    assert [change.item for change in found] == [
        "databases/books/replicas/reports",
        "databases/books/replicas/reports/consumers/org",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            ORG,
            {"from": ["192.0.2.0/24", "198.51.100.0/24"]},
            ["consumer org may now connect to replica reports of books from 198.51.100.0/24"],
        ),
        (
            ORG,
            {"from": ["198.51.100.0/24"]},
            [
                "consumer org may now connect to replica reports of books from 198.51.100.0/24",
                "consumer org may no longer connect to replica reports of books from 192.0.2.0/24",
            ],
        ),
        (
            ORG,
            {**ORG, "bastion": True},
            [
                "consumer org may now connect to replica reports of books through a bastion of "
                "its own"
            ],
        ),
        (
            {**ORG, "bastion": True, "roles": ["arn:aws:iam::123456789012:role/old"]},
            {**ORG, "bastion": True, "roles": ["arn:aws:iam::123456789012:role/new"]},
            [
                "whoever is arn:aws:iam::123456789012:role/new may now open tunnels to replica "
                "reports of books",
                "whoever is arn:aws:iam::123456789012:role/old may no longer open tunnels to "
                "replica reports of books",
            ],
        ),
        (
            ORG,
            {**ORG, "schemas": ["public", "people"]},
            ["consumer org may read every table of people"],
        ),
        (
            {**ORG, "schemas": ["people"]},
            ORG,
            [
                "consumer org may read every table of public",
                "consumer org may no longer read people, once somebody has run the SQL again",
            ],
        ),
        (
            ORG,
            {**ORG, "credentials": {"version": 2}},
            [
                "the secret of consumer org gets another password, which nobody has set in the "
                "database"
            ],
        ),
        (ORG, {**ORG, "credentials": {"readers": ["arn:aws:iam::123456789012:role/x"]}}, []),
        (
            ORG,
            {**ORG, "user": "other"},
            ["consumer org has a new login, other, once somebody has run the reviewed SQL"],
        ),
    ],
)
def test_a_change_of_a_consumer(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    assert said(reports(org=before), reports(org=after)) == expected


def test_a_consumer_and_a_replica_that_go() -> None:
    assert said(reports(org=ORG, two=ORG), reports(two=ORG)) == [
        "consumer org may no longer connect to replica reports of books, and their secret is "
        "deleted"
    ]
    assert said(reports(org=ORG), {})[0] == (
        "replica reports of books goes, and its consumers can no longer connect; the data is in "
        "books"
    )


def test_a_replica_is_typed_by_itself() -> None:
    assert (
        item_of("databases/books/replicas/reports/instance") == "databases/books/replicas/reports"
    )
    assert item_of("databases/books/instance") == "databases/books"


def test_a_reviewer_reads_who_may_connect_in_the_review_itself() -> None:
    stack = samples.stack("data-us-east-1", declared=changes({}, reports(org=ORG)), changes=())
    out = StringIO()
    terminal.present(samples.review(stack), Console(file=out, width=200))
    assert (
        "consumer org may now connect to replica reports of books from 192.0.2.0/24"
        in out.getvalue()
    )
