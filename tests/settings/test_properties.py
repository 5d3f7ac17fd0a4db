"""Whatever a file holds, reading it ends in settings or in faults that a person can read."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings import ConfigurationError, Settings, parse
from settings.reader.document import read
from settings.reader.tree import replaced

EXAMPLE = (Path(__file__).parents[2] / "groundwork.yaml").read_text()
LINE = re.compile(r"f:\d+:\d+: .+")
LEAKS = re.compile(r"pydantic|Input should|validat|groundwork_|type=|Traceback|<class", re.I)
WORDS = sorted({str(part) for path in read(EXAMPLE).values for part in path})
LOCATIONS = sorted(read(EXAMPLE).values, key=str)

# The same examples every time, however slow the machine.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
STEADY = settings.get_profile("steady")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=80),
    st.dates(),
    st.sampled_from(WORDS),
    st.sampled_from(["pgbackrest", "files", "postgresql", "[key]", "10.0.0.0/8", "{0}", "%s"]),
)
keys = st.one_of(st.sampled_from(WORDS), st.text(max_size=80), st.integers(), st.none())
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


def assert_settings_or_readable_faults(text: str) -> None:
    try:
        assert isinstance(parse(text, "f"), Settings)
    except ConfigurationError as error:
        lines = str(error).split("\n")
        assert lines
        for line in lines:
            assert LINE.fullmatch(line)
            assert line.isprintable()
            assert len(line) < 3000
            assert set(LEAKS.findall(line)) <= set(LEAKS.findall(text))


@given(st.text())
@STEADY
def test_any_text_is_read_or_explained(text: str) -> None:
    assert_settings_or_readable_faults(text)


@given(st.dictionaries(keys, values))
@STEADY
def test_any_structure_is_read_or_explained(data: dict[Any, Any]) -> None:
    assert_settings_or_readable_faults(yaml.dump(data, allow_unicode=True))


@given(st.lists(st.tuples(st.sampled_from(LOCATIONS), values), min_size=1, max_size=4))
@settings(STEADY, max_examples=200)
def test_the_example_with_any_change_is_read_or_explained(
    changes: list[tuple[tuple[str | int, ...], Any]],
) -> None:
    data = read(EXAMPLE).data
    for location, value in changes:
        data = replaced(data, location, value)
    assert_settings_or_readable_faults(yaml.dump(data, allow_unicode=True))


@given(st.randoms(use_true_random=False))
@settings(STEADY, max_examples=20)
def test_the_order_of_items_means_nothing(chance: random.Random) -> None:
    text = yaml.dump(shuffled(read(EXAMPLE).data, chance), sort_keys=False)
    assert parse(text) == parse(EXAMPLE)


def shuffled(data: Any, chance: random.Random) -> Any:
    """Return mappings in another order. That of a list means something: From addresses, regions."""
    if not isinstance(data, dict):
        return data
    items = [(name, shuffled(item, chance)) for name, item in data.items()]
    chance.shuffle(items)
    return dict(items)
