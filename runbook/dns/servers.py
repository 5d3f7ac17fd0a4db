"""Questions to name servers, and their answers as they came.

A resolver keeps what it heard, a wrong answer or none at all too, until its time to live is over. A
zone's own name servers know what stands in the zone now. Both are asked, and told apart.
"""

from __future__ import annotations

import copy
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.resolver

from runbook.base.errors import UserError
from runbook.dns.answers import Answer, code, read

SECONDS = 3.0
"""How long one name server has for one answer."""


class Source(Protocol):
    """Something that can be asked."""

    @property
    def label(self) -> str:
        """Its name for a person."""

    def ask(self, name: str, record_type: str) -> Answer:
        """Ask about one name. It never raises: a failure is an answer too."""


@dataclass(frozen=True)
class NameServer:
    """One of a zone's own name servers. It is not asked to look anywhere else."""

    host: str
    address: str
    port: int = 53
    seconds: float = SECONDS

    @property
    def label(self) -> str:
        return f"{self.host} ({self.address})"

    def ask(self, name: str, record_type: str) -> Answer:
        question = dns.message.make_query(name, record_type, use_edns=True, payload=1232)
        question.flags &= ~dns.flags.RD
        try:
            response = self._send(question)
        except dns.exception.Timeout:
            return Answer(failure=f"does not answer within {self.seconds:g} s, asked twice")
        except (OSError, dns.exception.DNSException) as error:
            return Answer(failure=f"cannot be asked: {error}")
        if not response.flags & dns.flags.AA and not response.answer:
            return Answer(failure=f"answers {code(response)}: it does not serve the zone")
        return read(response)

    def _send(self, question: dns.message.Message) -> dns.message.Message:
        """Send a question, and once more, since UDP may lose it."""
        place = (self.address, self.seconds, self.port)
        try:
            return dns.query.udp_with_fallback(question, *place)[0]
        except dns.exception.Timeout:
            return dns.query.udp_with_fallback(question, *place)[0]


class Resolver:
    """A recursive resolver: this machine's own, or one that `--server` names."""

    def __init__(self, lookups: dns.resolver.Resolver, label: str) -> None:
        self.lookups = lookups
        """For libraries that take a resolver of dnspython's."""
        self.label = label

    def ask(self, name: str, record_type: str) -> Answer:
        try:
            found = self.lookups.resolve(
                dns.name.from_text(name), record_type, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return Answer()
        except dns.resolver.LifetimeTimeout:
            return Answer(failure=f"does not answer within {self.lookups.lifetime:g} s")
        except dns.resolver.NoNameservers as error:
            return Answer(failure=_why(error))
        except (OSError, dns.exception.DNSException) as error:
            return Answer(failure=f"cannot be asked: {error}")
        return read(found.response)


def resolver_at(server: str | None, seconds: float = SECONDS) -> Resolver:
    """Return the resolver at HOST[:PORT]; without one, that of this machine."""
    try:
        lookups = dns.resolver.Resolver(configure=server is None)
    except dns.resolver.NoResolverConfiguration:
        raise UserError(
            "This machine has no DNS resolver: /etc/resolv.conf names none.",
            "Name one: --server 192.0.2.53, or --server HOST:PORT.",
        ) from None
    lookups.timeout = seconds
    lookups.lifetime = 3 * seconds
    lookups.cache = None
    if server is not None:
        lookups.nameservers, lookups.port = _address(server)
    addresses = ", ".join(str(address) for address in lookups.nameservers)
    return Resolver(lookups, server or f"the resolver {addresses}")


def name_servers_of(name: str, resolver: Resolver, port: int = 53) -> tuple[str, list[NameServer]]:
    """Return the zone in which a name stands, and its own name servers.

    Empty when the resolver cannot say: a name server without an address is left out. The resolver
    is told not to check DNSSEC here, so that a zone whose DNSSEC is broken is found all the same.
    """
    unchecked = Resolver(copy.copy(resolver.lookups), resolver.label)
    unchecked.lookups.flags = dns.flags.RD | dns.flags.CD
    try:
        zone = dns.resolver.zone_for_name(name, resolver=unchecked.lookups)
    except (OSError, dns.exception.DNSException):
        return "", []
    hosts = unchecked.ask(zone.to_text(), "NS").values
    found = ((host, address) for host in hosts for address in _first(host, unchecked))
    seconds = resolver.lookups.timeout
    servers = [NameServer(host, address, port, seconds) for host, address in sorted(found)]
    return zone.to_text(omit_final_dot=True), servers


def _first(host: str, resolver: Resolver) -> Iterator[str]:
    """Yield one address: IPv6 only where there is no other, since not every network has it."""
    for record_type in ("A", "AAAA"):
        values = resolver.ask(host, record_type).values
        if values:
            yield values[0]
            return


def _address(server: str) -> tuple[list[str], int]:
    """Read HOST, HOST:PORT, an IPv6 address, or [IPv6]:PORT."""
    host, port = server, "53"
    if server.startswith("["):
        host, _, rest = server[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif ":" in server and not _is_ipv6(server):
        host, _, port = server.partition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536 or not host:
        raise UserError(
            f"--server {server} is not HOST[:PORT].", "For example: --server 192.0.2.53:5353"
        )
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise UserError(
            f"--server {server}: {host} has no address.", "Name it by its IP address."
        ) from None
    return [str(found[0][4][0])], int(port)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _why(error: dns.resolver.NoNameservers) -> str:
    """Say what the last server answered. dnspython keeps each attempt with its response."""
    attempts = error.kwargs.get("errors") or []
    response = attempts[-1][4] if attempts else None
    if response is not None and response.rcode() != dns.rcode.NOERROR:
        return f"answers {code(response)}"
    return f"cannot be asked: {attempts[-1][3] if attempts else error}"
