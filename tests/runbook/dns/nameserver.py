"""A real name server on loopback, over UDP and TCP, with every fault that the tests need."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone

HEAD = """
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 300
@ IN NS ns1
ns1 IN A 127.0.0.1
"""
"""What begins a zone with one name server, unless the zone's text has a SOA of its own."""


@dataclass
class Nameserver:
    """What it serves, and what it was asked."""

    zones: dict[dns.name.Name, dns.zone.Zone]
    faults: Mapping[str, str] = field(default_factory=dict)
    """By name, or `*` for all: SERVFAIL, REFUSED, `silence`, `truncation`, `bogus` (DNSSEC)."""
    recursive: bool = True
    """Whether it follows an alias into its other zones, as a resolver does."""
    address: str = "127.0.0.1"
    port: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type and transport of each question."""

    @property
    def at(self) -> str:
        return f"{self.address}:{self.port}"

    def respond(self, wire: bytes, transport: str) -> bytes | None:
        question = dns.message.from_wire(wire)
        name, kind = question.question[0].name, question.question[0].rdtype
        text = name.to_text(omit_final_dot=True).lower()
        self.asked.append((text, dns.rdatatype.to_text(kind), transport))
        fault = self.faults.get(text, self.faults.get("*", ""))
        response = dns.message.make_response(question, recursion_available=self.recursive)
        if fault == "silence":
            return None
        if fault == "truncation" and transport == "udp":
            response.flags |= dns.flags.TC
        elif fault == "bogus" and not question.flags & dns.flags.CD:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif fault in ("SERVFAIL", "REFUSED"):
            response.set_rcode(dns.rcode.from_text(fault))
        else:
            self._fill(response, name, kind)
        return response.to_wire()

    def _fill(
        self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> None:
        zone = self._zone(name)
        if zone is None:
            response.set_rcode(dns.rcode.NXDOMAIN if self.recursive else dns.rcode.REFUSED)
            return
        response.flags |= dns.flags.AA
        node = zone.get_node(name) or _wildcard(zone, name)
        if node is None:
            below = any(other.is_subdomain(name) for other in zone.nodes)
            response.set_rcode(dns.rcode.NOERROR if below else dns.rcode.NXDOMAIN)
            return
        for wanted in (kind, dns.rdatatype.CNAME):
            found = node.get_rdataset(zone.rdclass, wanted)
            if found is not None:
                response.answer.append(dns.rrset.from_rdata_list(name, found.ttl, list(found)))
                if wanted != kind and self.recursive:
                    self._fill(response, found[0].target, kind)
                return

    def _zone(self, name: dns.name.Name) -> dns.zone.Zone | None:
        while name not in self.zones:
            if name == dns.name.root:
                return None
            name = name.parent()
        return self.zones[name]


def _wildcard(zone: dns.zone.Zone, name: dns.name.Name) -> Any:
    while name != zone.origin:
        name = name.parent()
        if node := zone.get_node(dns.name.Name([b"*", *name.labels])):
            return node
    return None


@contextmanager
def serving(
    zones: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    recursive: bool = True,
    address: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[Nameserver]:
    """Serve zones, given as the text of their files, until the block ends."""
    loaded = {
        dns.name.from_text(origin): dns.zone.from_text(
            text if " SOA " in text else HEAD + text, origin, relativize=False, check_origin=False
        )
        for origin, text in zones.items()
    }
    server = Nameserver(loaded, faults or {}, recursive, address, port)

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, channel = self.request
            if response := server.respond(wire, "udp"):
                channel.sendto(response, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = int.from_bytes(self.rfile.read(2), "big")
            if response := server.respond(self.rfile.read(length), "tcp"):
                self.wfile.write(len(response).to_bytes(2, "big") + response)

    with _bound(address, port, Udp, Tcp) as (udp, tcp):
        server.port = udp.server_address[1]
        threads = [
            threading.Thread(target=one.serve_forever, args=(0.02,), daemon=True)
            for one in (udp, tcp)
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            for one in (udp, tcp):
                one.shutdown()
            for thread in threads:
                thread.join()


@contextmanager
def _bound(
    address: str, port: int, udp_handler: Any, tcp_handler: Any
) -> Iterator[tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]]:
    """Bind both to one port: the first that UDP gets and TCP can have as well."""
    for _ in range(20):
        udp = socketserver.ThreadingUDPServer((address, port), udp_handler)
        try:
            tcp = socketserver.ThreadingTCPServer((address, udp.server_address[1]), tcp_handler)
        except OSError:
            udp.server_close()
            continue
        with udp, tcp:
            yield udp, tcp
        return
    raise OSError(f"{address} has no port that UDP and TCP can share")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
