"""Networks by their addresses: whether one has another in it, and whether one is everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from pydantic import JsonValue

Network = IPv4Network | IPv6Network
WIDE = {4: 8, 6: 16}
"""A public network with a shorter prefix is everybody: half of the internet is no restriction."""


def is_wide(network: Network) -> bool:
    """Tell a network that is not restricted to anybody in particular."""
    return network.prefixlen < WIDE[network.version] and not network.is_private


def shortest(source: JsonValue) -> str:
    """Write a network in its shortest form: 0:0:0:0:0:0:0:0/0 is ::/0, and 1.2.3.4/0 0.0.0.0/0."""
    network = network_of(str(source))
    return str(network) if network else str(source)


def network_of(source: str) -> Network | None:
    """Return a network, or None for what is none."""
    try:
        return ip_network(source, strict=False)
    except ValueError:
        return None


def collapsed(sources: Iterable[str]) -> Iterator[Network]:
    """Yield what sources make up together: two halves are a whole."""
    networks = [found for source in sources if (found := network_of(source))]
    yield from collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
    yield from collapse_addresses(n for n in networks if isinstance(n, IPv6Network))


def covers(source: str, other: str) -> bool:
    """Tell whether a source is, or has in it, another one. A group is in itself alone."""
    wide, narrow = network_of(source), network_of(other)
    return source == other or (wide is not None and narrow is not None and contains(wide, narrow))


def contains(wide: Network, narrow: Network) -> bool:
    """Tell whether all addresses of a network are in another one."""
    if isinstance(wide, IPv4Network) and isinstance(narrow, IPv4Network):
        return narrow.subnet_of(wide)
    if isinstance(wide, IPv6Network) and isinstance(narrow, IPv6Network):
        return narrow.subnet_of(wide)
    return False
