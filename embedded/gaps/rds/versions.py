"""The versions of databases that RDS upgrades by itself."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import HANDLERS, Created, Properties, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A database that RDS has upgraded keeps its version over updates that name none, its major "
        "version or the one before; an update to an older version fails."
    ),
    page=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
        "USER_UpgradeDBInstance.Upgrading.html"
    ),
    ministack="It has whatever version the template names, an older one too.",
    effect=Effect.STRICTER,
)
STORES = {"AWS::RDS::DBInstance": "_instances", "AWS::RDS::DBCluster": "_clusters"}
VERSION = "EngineVersion"


def install() -> None:
    """Compare with the version that runs."""
    for resource_type, store in STORES.items():
        pristine = HANDLERS[resource_type]["update"]
        HANDLERS[resource_type] = {
            **HANDLERS[resource_type],
            "update": _comparing(pristine, store),
        }


def _comparing(pristine: Any, store: str) -> Any:
    def update(
        name: str, old: Properties, new: Properties, stack: str, *logical_id: str
    ) -> Created:
        record: Properties = getattr(service("rds"), store).get(name) or {}
        running, asked = str(record.get(VERSION, "")), str(new.get(VERSION) or "")
        kept = asked in ("", str(old.get(VERSION) or "")) or f"{running}.".startswith(f"{asked}.")
        if not kept and _parts(asked) < _parts(running):
            raise ValueError(
                f"Cannot upgrade {record['Engine']} from {running} to {asked} (Service: Rds, "
                "Status Code: 400, Error Code: InvalidParameterCombination)"
            )
        updated: Created = pristine(name, old, new, stack, *logical_id)
        if kept and record:
            record[VERSION] = running
        return updated

    return update


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
