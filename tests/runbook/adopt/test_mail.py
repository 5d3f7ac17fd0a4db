"""What an account has for mail, as the file would say it."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.adopt import mail, receiving
from runbook.adopt.item import Item, Live


class Region:
    """A region with a domain, and a bucket for the domain's mail."""

    def __init__(self, region: str, domain: str, **tags: str) -> None:
        self.region, self.domain, self.tags = region, domain, tags

    def each(self, kind: str) -> Any:
        return (Live(kind, self.domain, {}),)


@pytest.fixture(autouse=True)
def _receiving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "recipients", lambda region: {"one.example", "two.example"})
    monkeypatch.setattr(receiving, "tags", lambda region: region.tags)


def test_tags_that_differ_between_regions_are_put_together_and_said() -> None:
    regions: Any = [
        Region("us-east-1", "one.example", owner="ann"),
        Region("eu-west-2", "two.example", owner="bob", team="shop"),
    ]
    tags, (remark,) = mail._received_tags(regions)
    assert tags == {"owner": "ann", "team": "shop"}
    assert remark.subject == "tags of received mail in us-east-1, eu-west-2"
    assert remark.reason.endswith("of a key that several have, the value in us-east-1")


@pytest.mark.parametrize(
    ("region", "domain"), [("us-east-1", "three.example"), ("eu-west-2", "one.example")]
)
def test_tags_are_only_of_buckets_that_the_file_will_have(region: str, domain: str) -> None:
    """A domain that is no identity receives nothing, and one of two regions in the first alone."""
    first: Any = Region("us-east-1", "one.example")
    second: Any = Region(region, domain, owner="bob")
    assert mail._received_tags([first, second]) == ({}, ())


@pytest.mark.parametrize(
    ("home", "recipient", "kept"),
    [
        ("eu-west-2", "one.example", True),
        ("us-east-1", "info@one.example", False),
        ("us-east-1", "unknown.example", True),
    ],
    ids=["the first region", "a further region", "a domain that nobody knows"],
)
def test_mail_is_received_in_the_first_region_of_a_domain(
    home: str, recipient: str, kept: bool
) -> None:
    rule = Live(receiving.RULE, "set|rule", {"Rule": {"Recipients": [recipient]}})
    item = Item(receiving.RECEIVING, "eu-west-2", None, (rule,))
    domain = Item((*receiving.DOMAINS, "one.example"), home, {"regions": [home, "eu-west-2"]})
    found = receiving.placed(item, [domain])
    assert bool(found.resources) == kept
    assert bool(found.remarks) != kept


@pytest.mark.parametrize("receives", [True, False])
def test_tags_of_received_mail_are_written_where_a_domain_receives_it(receives: bool) -> None:
    """A domain that is left out, or that another stack has, receives nothing here."""
    tags = {"received_tags": {"owner": "ann"}}
    account = Item(("mail",), "us-east-1", {"suppression": ["bounce"], **tags})
    domain = Item((*receiving.DOMAINS, "one.example"), "us-east-1", {"receives_mail": True})
    found = receiving.without_bucket(account, [account, *([domain] if receives else [])])
    assert found.declared == {"suppression": ["bounce"], **(tags if receives else {})}
