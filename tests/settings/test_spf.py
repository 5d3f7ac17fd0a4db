"""SPF terms that a record may have already are taken, however they are written."""

from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter

from settings.models.records import Spf
from settings.values.spf import SpfTerm, needs_lookup

TERM = TypeAdapter[str](SpfTerm)


@pytest.mark.parametrize(
    ("term", "asks"),
    [
        ("include:_spf.google.com", True),
        ("+include:spf.protection.outlook.com.", True),
        ("include:%{ir}.%{v}._spf.%{d2}", True),
        ("exists:%{i}._spf.example.org", True),
        ("redirect=_spf.example.org", True),
        ("a", True),
        ("?a:mail.example.org/24//64", True),
        ("mx", True),
        ("~mx//64", True),
        ("ptr:example.org", True),
        ("ip4:203.0.113.7", False),
        ("-ip4:203.0.113.7/24", False),
        ("ip6:2001:db8::/32", False),
        ("ip6:::ffff:192.0.2.1", False),
        ("include:amazonses.com", True),
    ],
)
def test_a_term_of_the_standard_is_taken(term: str, asks: bool) -> None:
    assert TERM.validate_python(term) == term
    assert needs_lookup(term) is asks


def test_nine_look_ups_and_ses_are_a_record() -> None:
    keep = tuple(f"include:i{at}.example.org" for at in range(9))
    assert not list(Spf(keep=(*keep, "ip4:192.0.2.1", "include:amazonses.com")).problems())
    assert list(Spf(keep=(*keep, "mx")).problems())


def test_a_very_long_term_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=re.escape("SPF term")):
        TERM.validate_python(f"include:{'a' * 200_000}")
    with pytest.raises(ValueError, match="between two dots"):
        TERM.validate_python(f"include:{'a' * 64}.example.org")
