"""What was changed, in words: for the command, the head of a review, and a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from runbook.changes.text import line
from runbook.drift.change import Change, Sort, Unasked

SAID: Mapping[str, frozenset[str]] = {
    "backup/buckets": frozenset(("LifecycleConfiguration", "Tags", "VersioningConfiguration")),
    "data/databases": frozenset(
        (
            "AllocatedStorage",
            "AutoMinorVersionUpgrade",
            "BackupRetentionPeriod",
            "DBInstanceClass",
            "EnableCloudwatchLogsExports",
            "EnableHttpEndpoint",
            "EnablePerformanceInsights",
            "EngineVersion",
            "MaxAllocatedStorage",
            "MultiAZ",
            "PubliclyAccessible",
            "ServerlessV2ScalingConfiguration",
            "VPCSecurityGroups",
            "VpcSecurityGroupIds",
            "deletion protection",
        )
    ),
    "data/security_groups": frozenset(("SecurityGroupIngress",)),
    "mail/account": frozenset(("account suppression",)),
    "mail/addresses": frozenset(("ConfigurationSetAttributes",)),
    "mail/configuration_sets": frozenset(
        ("DeliveryOptions", "EventDestination", "SuppressionOptions")
    ),
    "mail/domains": frozenset(("ConfigurationSetAttributes", "MailFromAttributes")),
    "mail/tenants": frozenset(("ReputationEntity",)),
}
"""What of an item the file has a field for. Who may do what is taken back, never kept."""
SOURCES = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId")
POSTGRESQL = ("tcp", "5432", "5432")


def described(change: Change) -> Iterator[str]:
    """Say where and what, then what it was and what it is, in a line each."""
    yield f"{line(change.place)} in {line(change.stack)}: {line(change.what)}"
    yield f"    {side(change.was)} → {side(change.now)}"


def side(value: object) -> str:
    """Write a value in one line, also where there is none."""
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return line(text)


def ways_out(found: Iterable[Change]) -> Iterator[str]:
    """Say how to take changes back, and how to take them into the file."""
    changes = [*found]
    if any(change.reversible for change in changes):
        yield "To revert what CloudFormation can: groundwork drift --revert, then approve it."
    if any(not change.reversible for change in changes):
        yield "What was added beside the declared has to be removed by hand."
    kept = [change for change in changes if change.sort is not Sort.ACCESS]
    for place in sorted({place for change in kept if (place := adopted_as(change))}):
        yield f"To keep it instead: groundwork adopt --only {line(place)} --write"


def adopted_as(change: Change) -> str | None:
    """Return the item as `groundwork adopt --only` takes it; None where the file says nothing."""
    kind, _, _ = change.item.rpartition("/")
    if not _is_said(kind, change):
        return None
    return "mail" if kind == "mail/account" else change.item


def _is_said(kind: str, change: Change) -> bool:
    """Tell whether the file has a field for a change.

    It has none for a cluster's instance, nor for the replicas of a database; and of the rules of
    a security group it has those for PostgreSQL.
    """
    below, what = change.place.split("/")[2:], change.what.split(".")
    if what[0] not in SAID.get(kind, ()) or below[1:] or below == ["writer"]:
        return False
    if kind != "data/security_groups":
        return True
    rule = change.now or change.was
    if isinstance(rule, dict):
        return tuple(str(rule.get(n)) for n in ("IpProtocol", "FromPort", "ToPort")) == POSTGRESQL
    return what[-1] in SOURCES


def unknown(item: Unasked) -> str:
    """Say what nobody could be asked about, and why."""
    return f"{line(item.stack)}: {line(item.what)} cannot be asked: {line(item.why)}"
