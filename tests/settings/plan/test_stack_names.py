from __future__ import annotations

import pytest

from settings.plan import StackId
from settings.values.areas import Area
from settings.values.regions import REGIONS


@pytest.mark.parametrize("environment", ["", "test", "mail"])
@pytest.mark.parametrize("part", ["", "second", "eu-west-2"])
@pytest.mark.parametrize("area", Area)
def test_a_name_is_parsed_back_to_its_stack(area: Area, part: str, environment: str) -> None:
    for region in REGIONS:
        stack = StackId(area, region, part, environment)
        assert StackId.parse(stack.name, environment) == stack
        assert StackId.in_any_environment(stack.name) == stack


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("mail-us-east-1", "test"),
        ("test-mail-us-east-1", None),
        ("mail-us-east-12", None),
        ("mail-us-east-1-", None),
        ("mail-us-east-1-Second", None),
        ("mail-London", None),
        ("queue-us-east-1", None),
        ("mail-us-east-1\n", None),
    ],
)
def test_a_name_of_nobodys_stack_is_no_stack(name: str, environment: str | None) -> None:
    assert StackId.parse(name, environment) is None


def test_only_the_name_has_the_environment() -> None:
    stack = StackId(Area.DATA, "eu-west-2", "second", "test")
    assert stack.name == "test-data-eu-west-2-second"
    assert stack.construct_id == "data-eu-west-2-second"
