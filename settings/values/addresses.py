"""Domains and e-mail addresses, and the patterns of them that IAM compares."""

from __future__ import annotations

from typing import Annotated

from settings.values.matching import Matching, why_no_name

DomainName = Annotated[
    str,
    Matching(
        r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
        "a domain name in lower case, as in example.org (an international one in its xn-- form)",
    ),
]

DomainLabel = Annotated[
    str,
    Matching(
        r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
        'one label of a domain name, as in "mail" (it is put before the domain)',
        why_no_name,
    ),
]

_LOCAL = r"[A-Za-z0-9!#$%&'+/=^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'+/=^_`{|}~-]+)*"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"


def _why_no_address(value: str) -> str | None:
    return "at most 64 characters before the @" if value.index("@") > 64 else None


EmailAddress = Annotated[
    str,
    Matching(
        rf"(?=.{{3,254}}$){_LOCAL}@{_DOMAIN}",
        "an e-mail address, its domain in lower case, as in data@example.org",
        _why_no_address,
    ),
]

SenderPattern = Annotated[
    str,
    Matching(
        rf"[A-Za-z0-9!#$%&'+/=^_`{{|}}~.*?-]+@{_DOMAIN}",
        "an e-mail address, or a pattern with * and ? before the @, as in noreply-*@example.org",
        _why_no_address,
    ),
]
"""The domain takes no pattern: it is what the identity proves."""

RecipientPattern = Annotated[
    str,
    Matching(
        rf"(?:\*|[A-Za-z0-9!#$%&'+/=^_`{{|}}~.*?-]+)@(?:\*\.)?{_DOMAIN}",
        "a recipient's address or a pattern, as in *@example.org",
        _why_no_address,
    ),
]
