"""A received message: its author, its envelope and who handed it over, as its headers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from runbook.base.errors import UserError

_HANDED_OVER = re.compile(r"\s*from\s+(?P<helo>\S+)(?P<rest>.*?)(?:\sby\s|$)", re.DOTALL)
_ADDRESS = re.compile(r"[\[(](?:IPv6:)?(?P<address>[0-9A-Fa-f:.]+)[\])]")
_ENVELOPE_FROM = re.compile(r"envelope-from\s+<(?P<sender>[^>]*)>", re.IGNORECASE)
_INTERNAL = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
            *("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"),
        ),
    )
)
"""Networks of hops within one organization."""


@dataclass(frozen=True)
class Envelope:
    """What SPF is about: the server that handed the message over, and what it said."""

    address: str
    """The server's IP address."""
    helo: str
    """The name that the server gave."""
    sender: str
    """The envelope's sender; empty in a bounce."""
    source: str
    """Where in the message this stands, in words."""

    @property
    def domain(self) -> str:
        """The domain that SPF speaks for: the sender's, or in a bounce the server's name."""
        return (self.sender.rpartition("@")[2] or self.helo).lower().rstrip(".")


class Received:
    """A message as a file has it: with every header that the way added."""

    def __init__(self, data: bytes) -> None:
        self.data = _trimmed(data)
        self._parsed: Message = message_from_bytes(self.data)
        if not self._parsed.keys():
            raise UserError(
                "This is not an e-mail: it does not begin with headers.",
                "Save the message as it was received, with all headers: “Show original” and "
                "download, in most mail programs.",
            )

    def all(self, header: str) -> list[str]:
        """Return a header's values, the topmost first."""
        return [str(value) for value in self._parsed.get_all(header, [])]

    def author(self) -> str:
        """Return the domain of the From header, or say why there is not exactly one."""
        if len(self.all("From")) != 1:
            raise UserError(
                f"The message has {len(self.all('From'))} From headers.",
                "Receivers refuse it whatever its signatures say: RFC 5322 requires exactly one.",
            )
        found = {
            address.rpartition("@")[2].lower().rstrip(".")
            for _, address in getaddresses(self.all("From"))
            if "@" in address
        }
        if len(found) != 1:
            raise UserError(
                f"The From header has {len(found) or 'no'} domains: {self.all('From')[0]}",
                "DMARC is about the one domain of the author.",
            )
        return _ascii(found.pop())

    def envelope(self) -> Envelope | None:
        """Return the topmost hop from outside and the topmost Return-Path, if both are there.

        A hop within the receiver's own network has an internal address, or none.
        """
        for hop in self.all("Received"):
            match = _HANDED_OVER.match(hop)
            address = next(_public(match["rest"]), None) if match else None
            if match and address:
                sender = self._sender(hop)
                if sender is None:
                    return None
                source = "the topmost Received header with a public address, and Return-Path"
                return Envelope(address, match["helo"].strip("[]"), sender, source)
        return None

    def _sender(self, hop: str) -> str | None:
        paths = self.all("Return-Path")
        if paths:
            return paths[0].strip().strip("<>")
        match = _ENVELOPE_FROM.search(hop)
        return match["sender"] if match else None

    def forwarded(self) -> Iterator[str]:
        """Yield what shows that the message was forwarded, or came through a list."""
        for header in ("List-Id", "X-Forwarded-For", "X-Forwarded-To", "Resent-From", "ARC-Seal"):
            if self.all(header):
                yield f"the header {header}"
        if any(path.lstrip("<").upper().startswith("SRS") for path in self.all("Return-Path")):
            yield "a Return-Path that a forwarder rewrote (SRS)"


def _trimmed(data: bytes) -> bytes:
    """Take off what mail programs put before the first header."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    return data


def _public(text: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(text):
        try:
            address: IPv4Address | IPv6Address = ip_address(match["address"])
        except ValueError:
            continue
        if not any(address in network for network in _INTERNAL):
            yield str(address)


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
