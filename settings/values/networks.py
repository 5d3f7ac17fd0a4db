"""Address blocks, each of which can be written in one way only.

Two spellings of one block would be two names of one thing: a mapping would lose one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.values.matching import refuse


def _network(version: int | None) -> Callable[[str], str]:
    kind = {4: "an IPv4 CIDR block, as in 10.0.0.0/16", 6: "an IPv6 CIDR block"}.get(
        version or 0, "a CIDR block, as in 203.0.113.0/24 or 2001:db8::/32"
    )

    def check(value: str) -> str:
        if not re.search(r"/[0-9]{1,3}$", value):
            raise refuse(f"{kind} (with the / and the number of bits)")
        try:
            network = ip_network(value)
        except ValueError:
            raise refuse(_why_no_network(value, kind)) from None
        if version and network.version != version:
            raise refuse(kind)
        if str(network) != value:
            raise refuse(f"written as {network}: two spellings of one block hide that it is one")
        return value

    return check


def _why_no_network(value: str, kind: str) -> str:
    try:
        inside: IPv4Network | IPv6Network = ip_network(value, strict=False)
    except ValueError:
        return kind
    return f"{kind}: the address has bits beyond the mask; the block that holds it is {inside}"


Cidr4 = Annotated[
    str, AfterValidator(_network(4)), Field(json_schema_extra={"pattern": r"^[0-9.]+/\d+$"})
]
Cidr = Annotated[str, AfterValidator(_network(None))]
