"""The availability zones that the file's subnets name, which differ from account to account.

<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.models.databases import Aurora
from settings.models.networks import Network
from settings.plan.data import DatabaseItem, DataItems

WITHOUT_PROXIES = frozenset(("use1-az3", "usw1-az2"))
"""The zones, by their ids, in which RDS Proxy takes no subnet. Letters differ by account.

<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations>
"""


def look(place: Place) -> Iterator[Answer]:
    """Say of each network whether its subnets' zones are there, and take RDS Proxy."""
    networks = {
        name: {*network.declared.subnets.values()}
        for items in place.items(DataItems)
        for name, network in items.networks.items()
    }
    if not networks:
        return
    there = zones(place)
    for name, used in networks.items():
        missing, listed = sorted(used - there.keys()), ", ".join(sorted(there))
        if missing:
            text = f"network {name}: {place.region} has no zone {', '.join(missing)} here"
            yield wrong(text, f"The account has: {listed}")
        else:
            yield Answer(f"network {name}: its zones are there ({', '.join(sorted(used))})")
    for items in place.items(DataItems):
        for name, database in items.databases.items():
            network = items.networks[database.network].declared
            yield from _of_proxy(place, name, there, _proxied(database, network))


def _proxied(database: DatabaseItem, network: Network) -> set[str]:
    """Return the zones where a cluster's proxy and its endpoints are."""
    declared = database.declared
    if not isinstance(declared, Aurora) or not declared.replicas:
        return set()
    blocks = {*declared.proxy_subnets}
    for replica in declared.replicas.values():
        blocks |= {*replica.subnets}
    return {network.subnets[block] for block in blocks}


def _of_proxy(
    place: Place, name: str, there: Mapping[str, str], used: set[str]
) -> Iterator[Answer]:
    advice = f"Name blocks in other zones: proxy_subnets of {name}, subnets of its replicas."
    for zone in sorted(used):
        if there.get(zone) in WITHOUT_PROXIES:
            where = f"{place.region}{zone}, which is {there[zone]} here"
            yield wrong(f"{name}: RDS Proxy takes no subnet in {where}", advice)


def zones(place: Place) -> dict[str, str]:
    """Return the letters of the region's zones that can be used, and the id of each."""
    found = place.ec2.describe_availability_zones()["AvailabilityZones"]
    return {
        zone["ZoneName"].removeprefix(place.region): zone["ZoneId"]
        for zone in found
        if zone["State"] == "available" and zone.get("ZoneType") == "availability-zone"
    }
