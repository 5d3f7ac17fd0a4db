"""Snapshots that RDS makes by itself, and what is restored from one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from embedded.gaps._ministack import Response, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Backups are automated snapshots, one a day; a restored copy has the options it is given.",
    page=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html"),
    ministack="It makes none by itself, restores no cluster, and drops a copy's options.",
    effect=Effect.CAPABLE,
)

Parameters = dict[str, Any]
Action = Callable[[Parameters], Response]
MADE = "_automated"
"""In a record: that it had its first automated snapshot."""
COPIED = ("Engine", "EngineVersion", "MasterUsername", "StorageEncrypted", "DatabaseName")


def install() -> None:
    """Make the first automated snapshot when somebody looks, and restore what a call says."""
    rds = service("rds")
    actions = rds._ACTION_MAP
    actions["DescribeDBSnapshots"] = _with_first(actions["DescribeDBSnapshots"], _of_instances)
    actions["DescribeDBClusterSnapshots"] = _with_first(
        actions["DescribeDBClusterSnapshots"], _of_clusters
    )
    restore = actions["RestoreDBInstanceFromDBSnapshot"]
    actions["RestoreDBInstanceFromDBSnapshot"] = lambda given: _restore_instance(given, restore)
    actions["RestoreDBClusterFromSnapshot"] = _restore_cluster
    for name, store in (("DescribeDBInstances", "_instances"), ("DescribeDBClusters", "_clusters")):
        actions[name] = _becoming_available(actions[name], store)


def _with_first(describe: Action, make: Callable[[], None]) -> Action:
    def described(given: Parameters) -> Response:
        make()
        return describe(given)

    return described


def _of_instances() -> None:
    """RDS takes the first backup once an instance is made."""
    rds = service("rds")
    for name, record in rds._instances.items():
        is_alone = not record.get("DBClusterIdentifier")
        if is_alone and record.get("BackupRetentionPeriod") and not record.get(MADE):
            record[MADE] = True
            snapshot = rds._create_snapshot_internal(_named(name), record)
            snapshot["SnapshotType"] = "automated"


def _of_clusters() -> None:
    rds = service("rds")
    for name, record in rds._clusters.items():
        if not record.get(MADE):
            record[MADE] = True
            snapshot = rds._create_cluster_snapshot_internal(_named(name), record)
            snapshot["SnapshotType"] = "automated"


def _named(name: str) -> str:
    return f"rds:{name}-{time.strftime('%Y-%m-%d-%H-%M')}"


def _restore_instance(given: Parameters, restore: Action) -> Response:
    rds = service("rds")
    if refused := _without_subnets(given):
        return refused
    answer: Response = restore(given)
    record = rds._instances.get(rds._p(given, "DBInstanceIdentifier"))
    if answer[0] < 300 and record:
        _complete(record, given, record["DBInstanceArn"])
        record["DBInstanceStatus"] = "creating"
        record["DBSubnetGroup"] = rds._subnet_groups[rds._p(given, "DBSubnetGroupName")]
        group = rds._p(given, "DBParameterGroupName")
        record["DBParameterGroups"][0]["DBParameterGroupName"] = group
    return answer


def _restore_cluster(given: Parameters) -> Response:
    """Make a cluster with what the snapshot says, and the options of the call."""
    rds = service("rds")
    snapshot = rds._db_cluster_snapshots.get(rds._p(given, "SnapshotIdentifier"))
    if snapshot is None:
        return _refused("DBClusterSnapshotNotFoundFault", "The snapshot is not found.", 404)
    if refused := _without_subnets(given):
        return refused
    like = {name: str(snapshot[name]) for name in COPIED if snapshot.get(name)}
    like["StorageEncrypted"] = like.get("StorageEncrypted", "").lower()
    answer: Response = rds._create_db_cluster({**given, **like, "MasterUserPassword": "as before"})
    if answer[0] >= 300:
        return answer
    record = rds._clusters[rds._p(given, "DBClusterIdentifier")]
    _complete(record, given, record["DBClusterArn"])
    record["Status"] = "creating"
    service("rds_data").restore(snapshot["DBClusterSnapshotArn"], record["DBClusterArn"])
    text = answer[2].decode().replace("CreateDBCluster", "RestoreDBClusterFromSnapshot")
    return answer[0], answer[1], text.encode()


def _complete(record: dict[str, Any], given: Parameters, arn: str) -> None:
    rds = service("rds")
    groups = rds._parse_member_list(given, "VpcSecurityGroupIds")
    record["VpcSecurityGroups"] = [
        {"VpcSecurityGroupId": group, "Status": "active"} for group in groups
    ]
    record["TagList"] = rds._tags[arn] = rds._parse_tags(given)


def _without_subnets(given: Parameters) -> Response | None:
    rds = service("rds")
    name = rds._p(given, "DBSubnetGroupName")
    if name in rds._subnet_groups:
        return None
    return _refused("DBSubnetGroupNotFoundFault", f"DB subnet group {name} not found.", 404)


def _refused(code: str, message: str, status: int) -> Response:
    answer: Response = service("rds")._error(code, message, status)
    return answer


def _becoming_available(describe: Action, store: str) -> Action:
    """What is being made is available the next time that somebody looks."""

    def described(given: Parameters) -> Response:
        answer = describe(given)
        for record in getattr(service("rds"), store).values():
            status = "DBInstanceStatus" if store == "_instances" else "Status"
            name = record[
                "DBInstanceIdentifier" if store == "_instances" else "DBClusterIdentifier"
            ]
            if record[status] == "creating" and re.search(rf">{re.escape(name)}<", str(answer[2])):
                record[status] = "available"
        return answer

    return described
