"""The versions of PostgreSQL and the instance classes that RDS offers in a region.

<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html>
<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.models.databases import Aurora
from settings.plan.data import DatabaseItem, DataItems
from settings.values import versions
from settings.values.versions import Engine

ENGINES: dict[Engine, str] = {
    "postgresql": "postgres",
    "aurora-postgresql": "aurora-postgresql",
}
"""RDS's names."""
SERVERLESS = "db.serverless"


def look(place: Place) -> Iterator[Answer]:
    """Say of each database whether its version and its class are on offer in its zones."""
    for items in place.items(DataItems):
        for name, database in items.databases.items():
            used = {*items.networks[database.network].declared.subnets.values()}
            yield _of_database(place, name, database, used)


def _of_database(place: Place, name: str, database: DatabaseItem, used: Set[str]) -> Answer:
    declared = database.declared
    engine, size = ENGINES[declared.engine], _class(database)
    wanted = versions.resolve(declared.engine, declared.version)
    exact = versions.is_exact(declared.version)
    offered = _versions(place, engine)
    fitting = [each for each in offered if each == wanted or (not exact and _same(each, wanted))]
    if not fitting:
        newest = ", ".join(each for each in offered if _same(each, wanted)) or "none of it"
        text = f"{name}: {place.region} does not offer {engine} {wanted}"
        return wrong(text, f"Of {versions.major(wanted)} it has: {newest}")
    newest = wanted if wanted in fitting else fitting[-1]
    offers = _zones(place, engine, newest, size)
    if not offers & used:
        has = f"zones {', '.join(sorted(offers))}" if offers else "no zone"
        text = f"{name}: {size} with {engine} {newest} is on offer in {has} of {place.region}"
        return wrong(text, "Choose another instance class, or a subnet in another zone.")
    return Answer(f"{name}: {engine} {newest} on {size}")


def _class(database: DatabaseItem) -> str:
    declared = database.declared
    return SERVERLESS if isinstance(declared, Aurora) else declared.instance


def _same(one: str, other: str) -> bool:
    return versions.major(one) == versions.major(other)


def _versions(place: Place, engine: str) -> list[str]:
    pages = place.rds.get_paginator("describe_db_engine_versions").paginate(Engine=engine)
    return [each["EngineVersion"] for page in pages for each in page["DBEngineVersions"]]


def _zones(place: Place, engine: str, version: str, size: str) -> set[str]:
    pages = place.rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=engine, EngineVersion=version, DBInstanceClass=size, Vpc=True
    )
    return {
        zone["Name"].removeprefix(place.region)
        for page in pages
        for option in page["OrderableDBInstanceOptions"]
        for zone in option["AvailabilityZones"]
    }
