"""Networks and security groups: where databases are, and who may connect to them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from settings.models.base import Model, Problem
from settings.values.matching import Matching
from settings.values.names import Label, Region, SecurityGroupDescription, SecurityGroupName
from settings.values.networks import Cidr, Cidr4
from settings.values.regions import DEFAULT_REGION, FEW_ZONES, MANY_ZONES

Zone = Annotated[str, Matching(r"[a-f]", "an availability zone's letter, as in a")]

_BLOCK = re.compile(r"[0-9a-fA-F.:]+/\d+")


def is_block(source: str) -> bool:
    """Tell an address block from a security group's name."""
    return _BLOCK.fullmatch(source) is not None


def _source(value: str) -> str:
    return TypeAdapter(Cidr if is_block(value) else SecurityGroupName).validate_python(value)


Source = Annotated[str, AfterValidator(_source)]
"""A CIDR block, or the name of a security group."""

MOST_RULES = 60
"""<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>"""
MOST_OF_A_SOURCE = 240
"""A rule's description has 255 characters, and says "PostgreSQL from" before the name."""
WIDEST = {4: 8, 6: 16}
"""A shorter prefix is nobody in particular."""
_VPC_BITS = range(16, 29)


class Network(Model):
    """A virtual private network of exactly these blocks, with nothing that costs while idle."""

    region: Region = DEFAULT_REGION
    """Where the network is; the file's `region` unless named."""
    cidr: Cidr4
    """The network's IPv4 block, from /16 to /28."""
    subnets: Annotated[Mapping[Cidr4, Zone], Field(min_length=1)]
    """Each subnet's block and the letter of its zone: `10.0.1.0/24: a`."""
    ipv6: bool = False
    """Give the network a block of IPv6 addresses, and every subnet its part."""
    flow_logs: bool = True
    """Keep who talked to whom in CloudWatch for 30 days."""
    stack: Label | None = None
    """A further stack for this network and all in it, once its stack nears CloudFormation's limits.

    Name it with the network: what is deployed does not move to another stack.
    """

    def ipv6_position(self, block: str) -> int:
        """Return which 256th of the network a subnet begins in: its place among the IPv6 blocks."""
        network, subnet = ip_network(self.cidr), ip_network(block)
        offset = int(subnet.network_address) - int(network.network_address)
        return offset * 256 // network.num_addresses

    def two_zones(self, kept: Container[str]) -> list[str]:
        """Return the lowest block in each of two zones, without those kept for replicas."""
        first: dict[str, str] = {}
        for block in sorted(self.subnets, key=IPv4Network):
            if block not in kept:
                first.setdefault(self.subnets[block], block)
        return list(first.values())[:2]

    def problems(self) -> Iterator[Problem]:
        """Blocks lie inside the network, and apart from each other."""
        network = ip_network(self.cidr)
        if network.prefixlen not in _VPC_BITS:
            yield Problem(("cidr",), "a block of /16 to /28, as a VPC takes")
        if _is_reserved(network):
            yield Problem(("cidr",), "a block of addresses that a VPC takes, as in 10.0.0.0/16")
        yield from self._zone_problems()
        for block in self.subnets:
            if not ip_network(block).subnet_of(network):  # type: ignore[arg-type]
                yield Problem(
                    ("subnets", block), f"a block inside the network's, {self.cidr}", key=True
                )
            elif ip_network(block).prefixlen not in _VPC_BITS:
                yield Problem(
                    ("subnets", block), "a block of /16 to /28, as a subnet takes", key=True
                )
        for first, second in combinations(self.subnets, 2):
            if ip_network(first).overlaps(ip_network(second)):
                yield Problem(
                    ("subnets", second), f"a block that does not overlap {first}", key=True
                )
            elif self.ipv6 and self.ipv6_position(first) == self.ipv6_position(second):
                yield Problem(
                    ("subnets", second),
                    f"a block further from {first}: each 256th of the network has one IPv6 block",
                    key=True,
                )

    def _zone_problems(self) -> Iterator[Problem]:
        letters = MANY_ZONES.get(self.region, FEW_ZONES)
        for block, zone in self.subnets.items():
            if zone not in letters:
                yield Problem(
                    ("subnets", block),
                    f"a zone of {self.region}, whose letters are {', '.join(letters)}",
                )


def is_wide(block: str) -> bool:
    """Tell a block of addresses that is nobody in particular."""
    network = ip_network(block)
    return network.prefixlen < WIDEST[network.version]


def narrower(block: str) -> str:
    """Say what a block has to be to be somebody in particular."""
    return f"a block of /{WIDEST[ip_network(block).version]} or narrower"


def _is_reserved(network: IPv4Network | IPv6Network) -> bool:
    """Tell a block that EC2 refuses for a VPC.

    <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
    """
    return (
        network.is_loopback
        or network.is_link_local
        or network.is_multicast
        or network.network_address.packed[0] in (0, *range(240, 256))
    )


class SecurityGroup(Model):
    """Who may connect to PostgreSQL: address blocks, or the members of another group."""

    network: Label | None = None
    """The network it belongs to; the only one unless named."""
    description: SecurityGroupDescription
    """What it is for. It cannot be changed later: a group of another name takes its place."""
    postgresql_from: tuple[Source, ...] = ()
    """Address blocks, or names of groups, that may connect to port 5432."""

    def problems(self) -> Iterator[Problem]:
        """Two halves of the world are the world, which no rule of the checks would notice."""
        yield from self._problems_of_rules()
        for index, block in enumerate(self.postgresql_from):
            if is_block(block) and is_wide(block) and ip_network(block).prefixlen:
                yield Problem(
                    ("postgresql_from", index),
                    f"{narrower(block)}; "
                    "or the whole world, 0.0.0.0/0 and ::/0, with an accepted risk",
                )

    def _problems_of_rules(self) -> Iterator[Problem]:
        """EC2 counts rules for IPv4 and for IPv6 apart, and those for groups among both."""
        versions = [ip_network(block).version for block in self.blocks]
        most = max(versions.count(4), versions.count(6)) + len(self.groups)
        if most > MOST_RULES:
            message = f"a list of {MOST_RULES} sources at most for IPv4, and as many for IPv6"
            yield Problem(("postgresql_from",), f"{message}: EC2 takes no more rules in a group")
        for index, source in enumerate(self.postgresql_from):
            if not is_block(source) and len(source) > MOST_OF_A_SOURCE:
                message = f"a group whose name has {MOST_OF_A_SOURCE} characters at most"
                yield Problem(("postgresql_from", index), f"{message}: rules are described by it")

    @property
    def blocks(self) -> list[str]:
        """The sources that are address blocks."""
        return [source for source in self.postgresql_from if is_block(source)]

    @property
    def groups(self) -> list[str]:
        """The sources that are groups."""
        return [source for source in self.postgresql_from if not is_block(source)]
