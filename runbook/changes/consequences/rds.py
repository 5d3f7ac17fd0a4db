"""Databases: what a change of a property does to data and to connections.

<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html>
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    both,
    changed,
    falls,
    fewer,
    harmless,
    number,
    removed,
    rises,
    turned_off,
    turned_on,
)
from runbook.changes.parts import Danger, Verdict
from runbook.changes.template.values import Template
from runbook.changes.verdict import is_protected
from settings.contract import CustomType

_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
_REPLICAS = f"{_GUIDE}/USER_ReadRepl.html"
_SETTINGS = f"{_GUIDE}/USER_ModifyInstance.Settings.html"


def restarts(words: str, page: str = _SETTINGS) -> Rule:
    """Judge every change alike: it cuts connections off, or may."""
    return changed(Consequence(words, page, danger=Danger.INTERRUPTS))


def backups(page: str) -> Rule:
    """Judge the days for which automated backups are kept: 0 deletes all of them."""
    fewer = Consequence(
        "automated backups older than {days_after} are deleted; before: {days_before}",
        page,
        Verdict.EXPIRES,
    )

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = number(before, 1), number(after, 1)
        if old and new == 0:
            words = "all automated backups are deleted, and nothing can be restored to a moment"
            yield Consequence(words, page, Verdict.EXPIRES)
        else:
            yield from falls(fewer, 1)(before, after)
        if (old == 0) != (new == 0):
            words = "the database restarts: backups are switched on or off"
            yield Consequence(words, page, danger=Danger.INTERRUPTS)

    return rule


def lifecycle(guide: str) -> Rule:
    """Judge RDS Extended Support, which CloudFormation refuses to change."""
    words = "CloudFormation refuses to change RDS Extended Support of a database that is there"
    page = f"{guide}/extended-support-creating-db-instance.html"
    return changed(Consequence(words, page, danger=Danger.FAILS))


def version(page: str) -> Rule:
    """Judge an engine's version: it never goes back, and every upgrade restarts."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = _parts(before), _parts(after)
        if new == old[: len(new)]:
            return
        if new < old[: len(new)]:
            words = f"an engine cannot go back from {before} to {after}"
            yield Consequence(words, page, danger=Danger.FAILS)
            return
        size = "major upgrade" if new[:1] != old[:1] else "minor upgrade"
        begun = f"{size} from {before}" if old else "upgrade, unless it has been made,"
        words = f"{begun} to {after}: minutes without connections"
        yield Consequence(words, page, danger=Danger.INTERRUPTS, one_way=True)

    return rule


def of_leaving_replica(before: Template) -> Iterator[Consequence]:
    """Yield what follows when a read replica leaves its stack. The data is in its source."""
    if "SourceDBInstanceIdentifier" not in before.get("Properties", {}):
        return
    if is_protected(before):
        words = "RDS refuses to delete the replica while it is protected: it runs on, and costs"
        page = f"{_GUIDE}/USER_DeleteInstance.html"
        yield Consequence(words, page, danger=Danger.FAILS)
        return
    words = "the replica goes: whoever reads it can no longer connect"
    yield Consequence(words, _REPLICAS, danger=Danger.INTERRUPTS)


def _parts(version: JsonValue) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", str(version or ""))]


_STORAGE = f"{_GUIDE}/USER_PIOPS.ModifyingExisting.html"
_storage = both(
    falls(
        Consequence(
            "storage cannot shrink from {before} to {after} GiB", _STORAGE, danger=Danger.FAILS
        ),
        0,
    ),
    rises(
        Consequence("storage grows to {after} GiB and cannot shrink again", _STORAGE, one_way=True),
        0,
    ),
)
protection = turned_off(
    Consequence(
        "deletion protection is switched off",
        f"{_GUIDE}/USER_DeleteInstance.html",
        Verdict.WEAKENED,
    )
)
password = restarts("the password changes: clients with the old one cannot connect")
with_database = turned_on(
    Consequence(
        "automated backups are deleted together with the database",
        f"{_GUIDE}/USER_WorkingWithAutomatedBackups.Retaining.html",
        Verdict.WEAKENED,
    ),
    default=True,
)
logs = fewer(
    Consequence(
        "its log no longer goes to CloudWatch: {gone}",
        f"{_GUIDE}/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
        danger=Danger.WEAKENED,
    )
)


def _monitoring(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge every how many seconds the machine is measured: 0 is never."""
    old, new = number(before, 0), number(after, 0)
    if old and (not new or new > old):
        words = f"the machine is measured every {new:g} seconds" if new else "no longer measured"
        yield Consequence(words, f"{_GUIDE}/USER_Monitoring.OS.html", danger=Danger.WEAKENED)


_upgrades = turned_off(
    Consequence(
        "corrections of the engine are no longer installed by themselves",
        f"{_GUIDE}/USER_UpgradeDBInstance.Upgrading.html",
        danger=Danger.WEAKENED,
    ),
    default=True,
)
_INSIGHTS = f"{_GUIDE}/USER_PerfInsights.Overview.cost.html"
insights = turned_off(
    Consequence("what slows it down is no longer recorded", _INSIGHTS, danger=Danger.WEAKENED)
)
insights_days = falls(
    Consequence(
        "its record of what slows it down is kept for {days_after}; before: {days_before}",
        _INSIGHTS,
        danger=Danger.WEAKENED,
    ),
    7,
)
_CLASS = f"{_GUIDE}/Concepts.DBInstanceClass.Changing.html"
without_iam = turned_off(
    Consequence(
        "whoever signs in by IAM can no longer connect",
        f"{_GUIDE}/UsingWithRDS.IAMDBAuth.html",
        danger=Danger.INTERRUPTS,
    )
)
READABLE_BY_ACCESS = harmless
"""What a change of these means is said where access is compared."""

INSTANCE = Kind(
    whole=True,
    rules={
        "AllocatedStorage": _storage,
        "AllowMajorVersionUpgrade": harmless,
        "ApplyImmediately": harmless,
        "AutoMinorVersionUpgrade": _upgrades,
        "AutomaticBackupReplicationRegion": removed(
            Consequence(
                "backups are no longer copied to that region",
                f"{_GUIDE}/USER_ReplicateBackups.html",
                Verdict.WEAKENED,
            )
        ),
        "BackupRetentionPeriod": backups(f"{_GUIDE}/USER_WorkingWithAutomatedBackups.html"),
        "CACertificateIdentifier": restarts(
            "the server's certificate changes, and the database may restart",
            f"{_GUIDE}/UsingWithRDS.SSL-certificate-rotation.html",
        ),
        "CertificateRotationRestart": harmless,
        "CopyTagsToSnapshot": harmless,
        "DBInstanceClass": restarts(
            "the machine changes from {before} to {after}: minutes without connections", _CLASS
        ),
        "DBParameterGroupName": restarts("the database may restart for other parameters"),
        "DatabaseInsightsMode": harmless,
        "DeleteAutomatedBackups": with_database,
        "DeletionProtection": protection,
        "EnableCloudwatchLogsExports": logs,
        "EnableIAMDatabaseAuthentication": without_iam,
        "EnablePerformanceInsights": insights,
        "EngineLifecycleSupport": lifecycle(_GUIDE),
        "EngineVersion": version(f"{_GUIDE}/USER_UpgradeDBInstance.Upgrading.html"),
        "Iops": harmless,
        "ManageMasterUserPassword": password,
        "MasterUserPassword": password,
        "MaxAllocatedStorage": falls(
            Consequence(
                "storage grows by itself to {after} GiB; before: {before} GiB",
                f"{_GUIDE}/USER_PIOPS.Autoscaling.html",
                danger=Danger.WEAKENED,
            ),
            0,
        ),
        "MonitoringInterval": _monitoring,
        "MonitoringRoleArn": harmless,
        "MultiAZ": turned_off(
            Consequence(
                "the standby in another zone is removed",
                f"{_GUIDE}/Concepts.MultiAZSingleStandby.html",
                Verdict.WEAKENED,
            )
        ),
        "NetworkType": restarts("the network type changes: about a minute without connections"),
        "PerformanceInsightsRetentionPeriod": insights_days,
        "Port": restarts("the database restarts, and clients have to use port {after}"),
        "PreferredBackupWindow": harmless,
        "PreferredMaintenanceWindow": harmless,
        "PromotionTier": harmless,
        "PubliclyAccessible": READABLE_BY_ACCESS,
        "SourceDBInstanceIdentifier": removed(
            Consequence(
                "the replica is promoted: it takes writes, and follows its database no longer",
                f"{_GUIDE}/USER_ReadRepl.Promote.html",
                danger=Danger.INTERRUPTS,
                one_way=True,
            )
        ),
        "StorageThroughput": harmless,
        "StorageType": restarts("storage is moved to {after}: slower meanwhile", _STORAGE),
        "Tags": harmless,
        "VPCSecurityGroups": READABLE_BY_ACCESS,
    },
)

PROTECTION = Kind(rules={"Enabled": protection})
"""Our own resource, which switches the protection on once the database is made."""

KINDS: Mapping[str, Kind] = {
    "AWS::RDS::DBInstance": INSTANCE,
    CustomType.DELETION_PROTECTION: PROTECTION,
}
