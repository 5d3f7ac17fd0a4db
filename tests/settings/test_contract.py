"""What stacks and runbook agree on: keys that never meet, whatever items are called."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.contract import Output, output_key, saved_state, stack_description
from settings.values.areas import Area

NAMES = st.text(alphabet="ab1.-_@XY", max_size=12)


@pytest.mark.parametrize(
    ("item", "key"),
    [
        ("analysis", "AnalysisDatabaseSecret"),
        ("some-backup", "SomeBackupDatabaseSecret"),
        ("", "DatabaseSecret"),
    ],
)
def test_a_plain_name_stands_in_the_key_as_it_reads(item: str, key: str) -> None:
    assert output_key(Output.DATABASE_SECRET, item) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("app.one", "app-one"),
        ("a1", "a-1"),
        ("b.x", "b-x"),
        ("aB", "a-b"),
        ("a_b", "a-b"),
        ("a1.org", "a-1.org"),
        ("App", "app"),
        ("-", ""),
        ("x" * 300, "x" * 301),
    ],
)
def test_names_of_the_same_letters_and_digits_have_keys_of_their_own(one: str, other: str) -> None:
    assert output_key(Output.USER_SECRET, one) != output_key(Output.USER_SECRET, other)


@given(st.sampled_from(Output), NAMES, st.sampled_from(Output), NAMES)
def test_no_two_items_share_a_key(kind: Output, item: str, other: Output, another: str) -> None:
    same = (kind, item) == (other, another)
    assert (output_key(kind, item) == output_key(other, another)) is same


@given(st.sampled_from(Output), st.text(max_size=300))
def test_cloudformation_takes_every_key(kind: Output, item: str) -> None:
    assert re.fullmatch("[A-Za-z0-9]{1,255}", output_key(kind, item))


def test_no_kind_is_the_end_of_another() -> None:
    assert not [(one, other) for one, other in permutations(Output, 2) if one.endswith(other)]


def test_a_description_and_a_path_are_of_one_stack() -> None:
    assert stack_description(Area.MAIL, "eu-west-1") == "Groundwork: mail in eu-west-1"
    assert saved_state("mail-eu-west-1", "feedback") == "/groundwork/mail-eu-west-1/feedback"
