"""The versions of databases: which RDS raises by itself, and in which order it takes them."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import HANDLERS, Created, Properties, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.rds.databases import SUPPORTED

GAP = Gap(
    aws=(
        "A database that RDS has upgraded keeps its version over updates that name none, its major "
        "version or the one before; an update to an older version fails, and one to a newer minor "
        "version while a replica is older. A major upgrade takes the replicas along. "
        "RDS Extended Support stays as it was made."
    ),
    page=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
        "USER_UpgradeDBInstance.Upgrading.html"
    ),
    ministack="It has whatever version the template names, an older one too, and forgets replicas.",
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
        _refuse_other_support(record, new)
        running, asked = str(record.get(VERSION, "")), str(new.get(VERSION) or "")
        kept = asked in ("", str(old.get(VERSION) or "")) or f"{running}.".startswith(f"{asked}.")
        if not kept and _parts(asked) < _parts(running):
            raise ValueError(
                f"Cannot upgrade {record['Engine']} from {running} to {asked} (Service: Rds, "
                "Status Code: 400, Error Code: InvalidParameterCombination)"
            )
        if not kept:
            _upgrade_replicas(record, asked)
        updated: Created = pristine(name, old, new, stack, *logical_id)
        if kept and record:
            record[VERSION] = running
        return updated

    return update


def _refuse_other_support(record: Properties, new: Properties) -> None:
    """Compare with what it has, so that a rollback to that is let through."""
    asked = new.get("EngineLifecycleSupport", SUPPORTED)
    if record and asked != record.get("EngineLifecycleSupport", SUPPORTED):
        raise ValueError("EngineLifecycleSupport cannot be modified.")


def _upgrade_replicas(record: Properties, asked: str) -> None:
    """Refuse a minor version that replicas do not have yet; take them along to a major one."""
    known = service("rds")._instances
    replicas = [known[name] for name in record.get("ReadReplicaDBInstanceIdentifiers", [])]
    older = [each for each in replicas if _parts(each[VERSION]) < _parts(asked)]
    if older and _parts(str(record[VERSION]))[0] == _parts(asked)[0]:
        names = ", ".join(each["DBInstanceIdentifier"] for each in older)
        raise ValueError(
            "One or more of the DB Instance's read replicas need to be upgraded: "
            f"{names} (Service: Rds, Status Code: 400, Error Code: DBUpgradeDependencyFailure)"
        )
    for each in older:
        each[VERSION] = asked


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
