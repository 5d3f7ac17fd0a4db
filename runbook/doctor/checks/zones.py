"""The availability zones that the file's subnets name, which differ from account to account.

<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.plan.data import DataItems


def look(place: Place) -> Iterator[Answer]:
    """Say of each network whether its subnets' zones are there."""
    networks = {
        name: {*network.declared.subnets.values()}
        for items in place.items(DataItems)
        for name, network in items.networks.items()
    }
    if not networks:
        return
    there = zones(place)
    for name, used in networks.items():
        missing, listed = sorted(used - there), ", ".join(sorted(there))
        if missing:
            text = f"network {name}: {place.region} has no zone {', '.join(missing)} here"
            yield wrong(text, f"The account has: {listed}")
        else:
            yield Answer(f"network {name}: its zones are there ({', '.join(sorted(used))})")


def zones(place: Place) -> set[str]:
    """Return the letters of the region's zones that can be used."""
    found = place.ec2.describe_availability_zones()["AvailabilityZones"]
    return {
        zone["ZoneName"].removeprefix(place.region)
        for zone in found
        if zone["State"] == "available" and zone.get("ZoneType") == "availability-zone"
    }
