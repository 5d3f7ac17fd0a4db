"""What follows from a change because of other resources of the same stack."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.consequences.model import Consequence
from runbook.changes.consequences.names import name_of
from runbook.changes.consequences.parameters import parameters
from runbook.changes.parts import Danger, Effect
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, Template, place
from runbook.changes.verdict import deletion_policy

REPLACING = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"
_ORDER = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html"
)
_INSTANCE = "AWS::RDS::DBInstance"
_GROUPS = {
    "AWS::RDS::DBCluster": "DBClusterParameterGroupName",
    _INSTANCE: "DBParameterGroupName",
}
_FAILOVER = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"
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
    logical_id: str, before: Reading, after: Reading
) -> Iterator[Consequence]:
    """Yield that nobody can connect to a cluster that leaves and stays: only its instances go.

    "DB instances in a DB cluster can be deleted even when deletion protection is enabled for the
    DB cluster": <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>
    """
    cluster = before.resources.get(logical_id, {})
    if cluster.get("Type") != "AWS::RDS::DBCluster" or logical_id in after.resources:
        return
    members = _members(logical_id, before)
    kept = [m for m in members if deletion_policy(before.resources[m]).startswith("Retain")]
    if members and not kept and not _members(logical_id, after):
        words = "its instances are deleted: nobody can connect until it has another one"
        yield Consequence(words, _MEMBERS, danger=Danger.INTERRUPTS)


def leaving_member(
    logical_id: str, effect: Effect, before: Reading, after: Reading
) -> Iterator[Consequence]:
    """Yield what follows when an instance leaves a cluster that stays.

    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html>
    """
    old = before.resources.get(logical_id, {})
    cluster = str(old.get("Properties", {}).get("DBClusterIdentifier", "")).strip(OPEN + CLOSE)
    leaves = effect in (Effect.DELETE, Effect.REPLACE) and old.get("Type") == _INSTANCE
    if not leaves or cluster not in after.resources:
        return
    words = "connections to it are cut, and its cluster fails over where it was the writer"
    if not _members(cluster, after):
        words = "its cluster has no instance left: nobody can connect until it has another one"
    yield Consequence(words, _FAILOVER, danger=Danger.INTERRUPTS)


def other_parameters(logical_id: str, before: Reading, after: Reading) -> Iterator[Consequence]:
    """Yield what other parameters mean for a database that is given another group of them."""
    old, new = (side.resources.get(logical_id, {}) for side in (before, after))
    key = _GROUPS.get(old.get("Type", ""), "")
    groups = [side.get("Properties", {}).get(key) for side in (old, new)]
    if new and groups[0] != groups[1]:
        sides = zip((before, after), groups, strict=True)
        found = parameters(*(_parameters(side, group) for side, group in sides))
        yield from (one for one in found if one.danger is Danger.WEAKENED)  # it is restarted anyway


def _parameters(version: Reading, group: JsonValue) -> JsonValue:
    """Return what a group of this template sets; of another one, nothing is known."""
    resource = version.resources.get(str(group).strip(OPEN + CLOSE), {})
    found: JsonValue = resource.get("Properties", {}).get("Parameters")
    return found


def _members(cluster: str, version: Reading) -> list[str]:
    reference = f"{OPEN}{cluster}{CLOSE}"
    return [
        name
        for name, resource in version.resources.items()
        if resource["Type"] == _INSTANCE
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
