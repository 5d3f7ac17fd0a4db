"""The link that verifies an address, found in a mail, and told apart from one that looks like it.

Anybody can write to the address, with a link of theirs in words like AWS's. And anybody with an
AWS account can have AWS itself send a link there, which lets *that* account send as the address:
AWS's links carry the account and the address, and both have to be the file's.
<https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html#verify-email-addresses-procedure>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from html.parser import HTMLParser
from urllib.parse import SplitResult, parse_qs, urlsplit

from runbook.mail.notifications.reports import text_of

_LINK = re.compile(r"https?:[^\s<>\"']+", re.IGNORECASE)
_LIKE_OURS = re.compile(r"verif|amazonaws|amazonses", re.IGNORECASE)
_DOCUMENTATION = re.compile(r"https://(?:[a-z]+\.)?aws\.amazon\.com(?:/[^@\\]*)?$")
_TRAILING = ".,;:!?)]}"


@dataclass(frozen=True)
class Wanted:
    """What a link has to be for: an address, in a region of an account."""

    address: str
    region: str
    account: str

    @property
    def host(self) -> str:
        """Return the host of AWS that verifies addresses in the region."""
        return f"email-verification.{self.region}.amazonaws.com"


@dataclass(frozen=True)
class Link:
    """A link that a mail shows as one to verify an address. `fault` says why it is none."""

    url: str
    fault: str = ""


def links(mail: bytes, wanted: Wanted) -> list[Link]:
    """Return every link of a mail that looks like a verification link, each judged.

    Whatever a mail can be encoded in is read: base64 and quoted-printable, any character set, HTML
    alone, parts within parts.
    """
    found: dict[str, Link] = {}
    message = message_from_bytes(mail, policy=policy.compat32)
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html"):
            text = text_of(part)
            for url in _in_html(text) if kind == "text/html" else _in_text(text):
                if _LIKE_OURS.search(url) and not _DOCUMENTATION.match(url):
                    found.setdefault(url, Link(url, fault(url, wanted)))
    return list(found.values())


def fault(url: str, wanted: Wanted) -> str:
    """Say why a link does not verify the address for this account; empty if it does."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it is not written as a link"
    if "\\" in url or not url.isascii() or not url.isprintable():
        return "it has letters that a link to AWS does not have"
    if parts.scheme != "https":
        return "it is not https"
    if "@" in parts.netloc:
        return "what stands before the @ is not the host that it leads to"
    if parts.hostname != wanted.host:
        return f"its host is {parts.hostname or 'missing'}, not {wanted.host}"
    if port is not None:
        return "it names a port"
    return _of_others(parts, wanted)


def _of_others(parts: SplitResult, wanted: Wanted) -> str:
    """Compare what AWS's own link says it is for. AWS does not document it: it may be missing."""
    said = parse_qs(parts.query)
    account = said.get("Context", [wanted.account])
    address = said.get("Identity.IdentityName", [wanted.address])
    if account != [wanted.account]:
        return f"it lets another AWS account send as the address: {account[0][:20]}"
    if [name.lower() for name in address] != [wanted.address.lower()]:
        return f"it verifies another address: {address[0][:320]}"
    return ""


def _in_text(text: str) -> Iterator[str]:
    for url in _LINK.findall(text):
        yield url.rstrip(_TRAILING)


def _in_html(text: str) -> Iterator[str]:
    """Take the links that can be followed, and those that are only written out."""
    page = _Page()
    page.feed(text)
    page.close()
    yield from page.targets
    yield from _in_text(" ".join(page.words))


class _Page(HTMLParser):
    """The targets and the words of an HTML mail, with entities resolved."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "action", "src") and value and _LINK.match(value.strip()):
                self.targets.append(value.strip())

    def handle_data(self, data: str) -> None:
        self.words.append(data)
