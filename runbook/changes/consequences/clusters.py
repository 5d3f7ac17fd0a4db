"""Aurora: what a change of a cluster's property does to data and to connections.

<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import keys
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    falls,
    harmless,
    number,
    turned_off,
)
from runbook.changes.consequences.rds import (
    READABLE_BY_ACCESS,
    backups,
    insights,
    insights_days,
    lifecycle,
    logs,
    password,
    protection,
    restarts,
    version,
    with_database,
    without_iam,
)
from runbook.changes.parts import Danger, Verdict

_AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide"


def _capacity(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge a cluster's capacity: down to 0, it pauses; with a lower limit, it is slower."""
    old, new = (keys(side).get("MinCapacity") for side in (before, after))
    if number(new) == 0 and number(old) != 0:
        words = "it pauses while nobody is connected: who connects then waits for about 15 seconds"
        page = f"{_AURORA}/aurora-serverless-v2-auto-pause.html"
        yield Consequence(words, page, danger=Danger.INTERRUPTS)
    yield from _most(keys(before).get("MaxCapacity"), keys(after).get("MaxCapacity"))


_most = falls(
    Consequence(
        "it grows to {after} capacity units at most; before: {before}",
        f"{_AURORA}/aurora-serverless-v2-setting-capacity.html",
        danger=Danger.INTERRUPTS,
    ),
    float("inf"),
)


CLUSTER = Kind(
    whole=True,
    rules={
        "BacktrackWindow": falls(
            Consequence(
                "the cluster can be rewound by {after} seconds only; before: {before}",
                f"{_AURORA}/AuroraMySQL.Managing.Backtrack.html",
                Verdict.EXPIRES,
            ),
            0,
        ),
        "BackupRetentionPeriod": backups(f"{_AURORA}/Aurora.Managing.Backups.html"),
        "CopyTagsToSnapshot": harmless,
        "DBClusterParameterGroupName": restarts("the database may restart for other parameters"),
        "DatabaseInsightsMode": harmless,
        "DeleteAutomatedBackups": with_database,
        "DeletionProtection": protection,
        "EnableCloudwatchLogsExports": logs,
        "EnableHttpEndpoint": turned_off(
            Consequence(
                "whoever queries by the Data API is refused",
                f"{_AURORA}/data-api.html",
                danger=Danger.INTERRUPTS,
            )
        ),
        "EnableIAMDatabaseAuthentication": without_iam,
        "EngineLifecycleSupport": lifecycle(_AURORA),
        "EngineVersion": version(f"{_AURORA}/USER_UpgradeDBInstance.PostgreSQL.html"),
        "ManageMasterUserPassword": password,
        "MasterUserPassword": password,
        "NetworkType": restarts("the network type changes: about a minute without connections"),
        "PerformanceInsightsEnabled": insights,
        "PerformanceInsightsRetentionPeriod": insights_days,
        "Port": restarts("the database restarts, and clients have to use port {after}"),
        "PreferredBackupWindow": harmless,
        "PreferredMaintenanceWindow": harmless,
        "ServerlessV2ScalingConfiguration": _capacity,
        "StorageType": harmless,
        "Tags": harmless,
        "VpcSecurityGroupIds": READABLE_BY_ACCESS,
    },
)

KINDS: Mapping[str, Kind] = {"AWS::RDS::DBCluster": CLUSTER}
