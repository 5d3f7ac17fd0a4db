"""The terms of an SPF record, as RFC 7208 has them, and the TXT values that stand beside one."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from settings.values.matching import Matching

LOOKUPS = 10
"""How many look-ups a receiver makes for one record: more are an error, and no term counts then."""
SES = "include:amazonses.com"
"""The term that lets SES send. Every record of ours has it."""

_MACRO = r"%(?:[%_-]|\{[slodipvhcrtSLODIPVHCRT][0-9]{0,3}r?[.+,/_=-]*\})"
_LABEL = rf"(?:[A-Za-z0-9_-]|{_MACRO})+"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})+\.?|(?:{_MACRO})+)"
_BITS = r"(?:/[0-9]{1,2})?(?://[0-9]{1,3})?"
_TERM = (
    rf"[+?~-]?(?:(?:include|exists):{_HOST}|ptr(?::{_HOST})?|(?:a|mx)(?::{_HOST})?{_BITS}"
    r"|ip4:[0-9.]+(?:/[0-9]{1,2})?|ip6:[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?)"
    rf"|redirect={_HOST}"
)
_NEEDS_LOOKUP = re.compile(r"[+?~-]?(?:include:|exists:|ptr\b|a\b|mx\b)|redirect=")
_NETWORKS = {"ip4": IPv4Network, "ip6": IPv6Network}


def needs_lookup(term: str) -> bool:
    """Whether a receiver asks the DNS for a term."""
    return _NEEDS_LOOKUP.match(term) is not None


def _why_no_term(term: str) -> str | None:
    mechanism = term.lstrip("+?~-")
    if mechanism == SES != term:
        return f"{SES} without a sign before it, or nothing: it is added by itself"
    kind, _, block = mechanism.partition(":")
    if "%" not in term and (len(term) > 260 or max(map(len, block.split("."))) > 63):
        return "a domain name: 253 characters at most, and 63 between two dots"
    if kind in _NETWORKS:
        try:
            _NETWORKS[kind](block, strict=False)
        except ValueError:
            return f"an SPF term with an address or a block, as in {_EXAMPLES[kind]}"
    if re.search(r"/0{1,3}(?:/|$)", mechanism):
        return "an SPF term for fewer addresses: with /0 everybody may send for the domain"
    return None


_EXAMPLES = {"ip4": '"ip4:203.0.113.7"', "ip6": '"ip6:2001:db8::/32"'}

SpfTerm = Annotated[
    str,
    Matching(
        _TERM,
        'an SPF term without spaces, as in "include:_spf.google.com" or "ip4:203.0.113.7"',
        _why_no_term,
    ),
]


def _why_no_value(value: str) -> str | None:
    if value.strip().lower().startswith("v=spf1"):
        return "no SPF record, of which a domain has one: its terms belong into spf.keep"
    return None


TxtValue = Annotated[
    str,
    Matching(
        r"[ !#-\[\]-~]{1,1000}",
        'a TXT value in ASCII, without quotes and backslashes, as in "site-verification=1a2b"',
        _why_no_value,
    ),
]
