"""What follows from a change because of other resources of the same stack."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.changes.consequences.model import Consequence
from runbook.changes.consequences.names import name_of
from runbook.changes.review import Danger, Effect
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, Template, place
from runbook.changes.verdict import deletion_policy

REPLACING = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"
_ORDER = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html"
)
_MEMBERS = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html"


def taken(
    logical_id: str, effect: Effect, before: Reading, new: Template | None
) -> Iterator[Consequence]:
    """Yield that a new resource takes the name of one that is still there when it is made."""
    name = name_of(new)
    if effect is not Effect.ADD or not name or new is None:
        return
    for other, resource in before.resources.items():
        if other != logical_id and resource["Type"] == new["Type"] and name_of(resource) == name:
            words = f"its name {name} is taken by {place(other, resource)}, which is deleted later"
            yield Consequence(words, REPLACING, danger=Danger.FAILS)


def left_without_instances(
    logical_id: str, effect: Effect, before: Reading, after: Reading
) -> Iterator[Consequence]:
    """Yield that nobody can connect to a cluster that stays: only its instances go.

    "DB instances in a DB cluster can be deleted even when deletion protection is enabled for the
    DB cluster": <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>
    """
    cluster = before.resources.get(logical_id, {})
    if cluster.get("Type") != "AWS::RDS::DBCluster" or effect is Effect.ADD:
        return
    members = _members(logical_id, before)
    kept = [m for m in members if deletion_policy(before.resources[m]).startswith("Retain")]
    if members and not kept and not _members(logical_id, after):
        words = "its instances are deleted: nobody can connect until it has another one"
        yield Consequence(words, _MEMBERS, danger=Danger.INTERRUPTS)


def _members(cluster: str, version: Reading) -> list[str]:
    reference = f"{OPEN}{cluster}{CLOSE}"
    return [
        name
        for name, resource in version.resources.items()
        if resource["Type"] == "AWS::RDS::DBInstance"
        and resource.get("Properties", {}).get("DBClusterIdentifier") == reference
    ]


def before_its_replicas(logical_id: str, before: Reading, after: Reading) -> Iterator[Consequence]:
    """Yield that RDS upgrades to a minor version only what has no older replica.

    CloudFormation changes a source before its replicas: theirs has to be raised in a change before.
    """
    old, new = (_version(logical_id, side) for side in (before, after))
    if min(len(old), len(new)) < 2 or old[0] != new[0] or old >= new:
        return
    source = f"{OPEN}{logical_id}{CLOSE}"
    for name, resource in before.resources.items():
        of = resource.get("Properties", {}).get("SourceDBInstanceIdentifier")
        if of == source and name in after.resources and _version(name, before) < new:
            words = (
                f"RDS refuses the version until {OPEN}{name}{CLOSE} has it: raise it there first"
            )
            yield Consequence(words, _ORDER, danger=Danger.FAILS)


def _version(logical_id: str, side: Reading) -> tuple[int, ...]:
    said = side.resources.get(logical_id, {}).get("Properties", {}).get("EngineVersion", "")
    return tuple(int(part) for part in str(said).split(".") if part.isdigit())
