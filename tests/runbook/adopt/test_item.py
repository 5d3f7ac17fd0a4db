"""Items: of several regions, with names that the file refuses, and left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from runbook.adopt.inventory import _named, _without, selected
from runbook.adopt.item import Item, Live, merged
from runbook.adopt.prepare import _placed
from runbook.base.errors import UserError
from settings.plan import StackId
from settings.values.areas import Area

REGIONS = ("us-east-1", "eu-west-2")


@dataclass
class Stack:
    construct_id: str
    region: str = "eu-west-2"


def item(region: str, **declared: Any) -> Item:
    return Item(("mail", "configuration_sets", "s"), region, {"regions": [region], **declared})


def test_what_an_item_has_otherwise_in_another_region_is_named() -> None:
    (found,) = merged([item("us-east-1", require_tls=False), item("eu-west-2", events=["send"])])
    assert found.declared == {"regions": ["us-east-1", "eu-west-2"], "require_tls": False}
    assert [remark.subject for remark in found.remarks] == [
        f"{'/'.join(found.path)} in eu-west-2"
    ] * 2
    assert [remark.reason.partition(": ")[0] for remark in found.remarks] == [
        "its require_tls is as by default there and false in us-east-1",
        'its events is ["send"] there and as by default in us-east-1',
    ]


def in_two_regions() -> Item:
    return Item(
        ("mail", "configuration_sets", "s"),
        "us-east-1",
        {"regions": ["us-east-1", "eu-west-2"]},
        tuple(Live("a set", "s", {}, region=region) for region in ("us-east-1", "eu-west-2")),
    )


def test_each_region_keeps_its_own_resource_of_the_same_name() -> None:
    found = [replace(item(region), resources=(Live("a set", "s", {}),)) for region in REGIONS]
    (one,) = merged(found)
    assert one.resources == in_two_regions().resources


@pytest.mark.parametrize("region", REGIONS)
def test_what_is_imported_in_one_region_is_still_to_be_imported_in_the_other(region: str) -> None:
    owners = [f"mail-{region}" if region == each else None for each in REGIONS]
    (left,) = _without(in_two_regions(), owners, None).resources
    assert left.region == next(each for each in REGIONS if each != region)


def test_a_stack_imports_what_its_own_region_has() -> None:
    stack: Any = Stack(StackId(Area.MAIL, "eu-west-2").name)
    (placed,) = _placed(stack, [in_two_regions()])
    assert [live.region for live in placed.resources] == ["eu-west-2"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("backup/buckets/shop.vault", "must be a bucket's name without dots"),
        ("mail/domains/example", "must be a domain name"),
        ("data/databases/analysis", None),
        ("data/security_groups/DB Access (prod)", None),
    ],
)
def test_an_item_whose_name_the_file_refuses_is_named_and_left_out(
    path: str, why: str | None
) -> None:
    found = _named(Item(tuple(path.split("/")), "us-east-1", {}))
    assert (found.declared is None) == bool(why)
    assert [why in remark.reason for remark in found.remarks if why] == [True] * bool(why)


def test_what_is_below_a_place_is_left_out() -> None:
    items = [Item(("data", "databases", name), "us-east-1", {}) for name in ("old", "older")]
    assert selected(items, ["data"], ["data/databases/old"]) == items[1:]


def test_a_place_that_is_misspelt_leaves_nothing_out_and_is_refused() -> None:
    items = [Item(("data", "databases", name), "us-east-1", {}) for name in ("old", "older")]
    with pytest.raises(UserError, match=r"nothing below data/databases/odl\."):
        selected(items, [], ["data/databases/older", "data/databases/odl"])
