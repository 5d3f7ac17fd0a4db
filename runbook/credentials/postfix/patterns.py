"""Addresses as Postfix's regular expressions, which know no letters' case.

<https://www.postfix.org/regexp_table.5.html>
"""

from __future__ import annotations

import re

_WILDCARDS = {"*": "[^@]*", "?": "[^@]"}


def address_pattern(address: str) -> str:
    r"""Return the expression for a From address, where * and ? stand for anything before the @.

    address_pattern("noreply-*@example.org") is "/^noreply-[^@]*@example\.org$/".
    """
    return f"/^{_expression(address)}$/"


def header_pattern(address: str) -> str:
    """Return the expression for a From header with such an address, with a name or without."""
    return rf"/^From:(.*[<[:space:]])?{_expression(address)}>?[[:space:]]*$/"


def domain_pattern(identity: str) -> str:
    """Return the expression, with the whole address as $1, for what an identity proves.

    A domain proves its subdomains as well.
    """
    escaped = "".join(_escaped(character) for character in identity)
    if "@" in identity:
        return f"/^({escaped})$/"
    return rf"/^([^@]+@([^@]*\.)?{escaped})$/"


def literal_dollars(text: str) -> str:
    """Write a result in which $ is no reference to a group."""
    return text.replace("$", "$$")


def _expression(address: str) -> str:
    return "".join(_WILDCARDS.get(c) or _escaped(c) for c in address)


def _escaped(character: str) -> str:
    return re.sub(r"[][\\.^$*+?(){}|/]", r"\\\g<0>", character)
