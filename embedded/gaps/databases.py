"""Databases: properties that are dropped, cluster members, read replicas, deletion protection.

ministack keeps most of what a template says of a database. What is completed here can be read back
with `DescribeDBInstances` and `DescribeDBClusters`; and what RDS refuses is refused.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import (
    HANDLERS,
    Created,
    Properties,
    account,
    provisioners,
    region,
    service,
)

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
# Where a template leaves these out, a member has its cluster's and a replica its source's.
OF_THE_CLUSTER = {
    "EngineVersion": "EngineVersion",
    "StorageEncrypted": "StorageEncrypted",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
}
OF_THE_SOURCE = (
    "Engine",
    "EngineVersion",
    "MasterUsername",
    "AllocatedStorage",
    "StorageEncrypted",
    "StorageType",
    "DBName",
    "LicenseModel",
)


def install() -> None:
    """Wrap both types' handlers, and complete what the API shows of them."""
    _wrap(INSTANCE, _complete_instance)
    _wrap(CLUSTER, _complete_cluster)
    provisioners._STACK_TAG_PROPERTY[CLUSTER] = ("Tags", "list")
    rds = service("rds")
    instance_xml, cluster_xml, scaling_xml = (
        rds._instance_xml,
        rds._cluster_xml,
        rds._serverlessv2_xml,
    )
    rds._instance_xml = lambda record: _shown(instance_xml(record), record)
    rds._cluster_xml = lambda record: _shown(cluster_xml(record), record)
    rds._serverlessv2_xml = lambda record: _with_pause(scaling_xml(record), record)


def _wrap(resource_type: str, complete: Any) -> None:
    pristine = dict(HANDLERS[resource_type])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        _refuse(properties)
        created: Created = pristine["create"](logical_id, properties, stack)
        complete(created[0], properties)
        return created

    def update(
        identifier: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Created:
        _refuse(new)
        created: Created = pristine["update"](identifier, old, new, stack, logical_id)
        complete(created[0], new)
        return created

    def delete(identifier: str, properties: Properties) -> None:
        _keep_protected(_store(resource_type).get(identifier))
        _leave(identifier)
        pristine["delete"](identifier, properties)

    HANDLERS[resource_type] = {**pristine, "create": create, "update": update, "delete": delete}


def _refuse(properties: Properties) -> None:
    """Refuse before anything is made what RDS would, and what would silently be something else."""
    if properties.get("ManageMasterUserPassword") in (True, "true"):
        raise ValueError("The embedded AWS has no passwords managed by RDS: generate a secret.")
    source = properties.get("SourceDBInstanceIdentifier")
    if source and not _source(source)["BackupRetentionPeriod"]:
        raise ValueError(
            "Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
        )


def _complete_instance(identifier: str, properties: Properties) -> None:
    record = _store(INSTANCE)[identifier]
    _complete(record, properties)
    if properties.get("DBClusterIdentifier"):
        _join(record, properties)
    if properties.get("SourceDBInstanceIdentifier"):
        _follow(record, properties)


def _complete_cluster(identifier: str, properties: Properties) -> None:
    record = _store(CLUSTER)[identifier]
    _complete(record, properties)
    group = properties.get("DBClusterParameterGroupName")
    major = record["EngineVersion"].partition(".")[0]
    record["DBClusterParameterGroup"] = group or f"default.{record['Engine']}{major}"
    record["TagList"] = properties.get("Tags", [])


def _complete(record: dict[str, Any], properties: Properties) -> None:
    if "EngineLifecycleSupport" in properties:
        record["EngineLifecycleSupport"] = properties["EngineLifecycleSupport"]
    record["EnabledCloudwatchLogsExports"] = properties.get("EnableCloudwatchLogsExports", [])


def _join(record: dict[str, Any], properties: Properties) -> None:
    """Make an instance a member of its cluster: what it has of it, and who writes."""
    cluster = _store(CLUSTER)[properties["DBClusterIdentifier"]]
    for name, other in OF_THE_CLUSTER.items():
        record[name] = cluster[other]
    record["VpcSecurityGroups"] = cluster["VpcSecurityGroups"]
    group = service("rds")._subnet_groups.get(cluster["DBSubnetGroup"])
    record["DBSubnetGroup"] = group or record["DBSubnetGroup"]
    for number, member in enumerate(cluster["DBClusterMembers"]):
        member["IsClusterWriter"] = number == 0


def _follow(record: dict[str, Any], properties: Properties) -> None:
    """Make an instance a read replica of its source."""
    source = _source(properties["SourceDBInstanceIdentifier"])
    for name in OF_THE_SOURCE:
        if name not in properties:
            record[name] = source[name]
    if "DBSubnetGroupName" not in properties:
        record["DBSubnetGroup"] = source["DBSubnetGroup"]
    record["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
    replicas = source["ReadReplicaDBInstanceIdentifiers"]
    if record["DBInstanceIdentifier"] not in replicas:
        replicas.append(record["DBInstanceIdentifier"])


def _leave(identifier: str) -> None:
    """Take a deleted instance out of its cluster's members and its source's replicas."""
    for source in _store(INSTANCE).values():
        replicas = source.get("ReadReplicaDBInstanceIdentifiers", [])
        replicas[:] = [replica for replica in replicas if replica != identifier]
    for cluster in _store(CLUSTER).values():
        members = cluster.get("DBClusterMembers", [])
        members[:] = [m for m in members if m["DBInstanceIdentifier"] != identifier]


def _keep_protected(record: dict[str, Any] | None) -> None:
    if record and record.get("DeletionProtection"):
        kind = "Cluster" if "DBClusterArn" in record else "DB Instance"
        raise ValueError(
            f"Cannot delete protected {kind}, please disable deletion protection and try again."
        )


def _store(resource_type: str) -> Any:
    rds = service("rds")
    return rds._instances if resource_type == INSTANCE else rds._clusters


def _source(identifier: str) -> dict[str, Any]:
    """The source of a replica, by name or by ARN; one of another region by ARN only."""
    name, home = identifier, region()
    if identifier.startswith("arn:"):
        home, name = identifier.split(":")[3], identifier.rpartition(":")[2]
    found: dict[str, Any] | None = _store(INSTANCE).get_scoped(account(), home, name)
    if found is None:
        raise ValueError(f"DBInstance {identifier} not found.")
    return found


def _shown(xml: str, record: dict[str, Any]) -> str:
    exports = record.get("EnabledCloudwatchLogsExports", [])
    members = "".join(f"<member>{name}</member>" for name in exports)
    shown = xml.replace("<EnabledCloudwatchLogsExports/>", "")
    shown += f"<EnabledCloudwatchLogsExports>{members}</EnabledCloudwatchLogsExports>"
    support = record.get("EngineLifecycleSupport")
    if support and "<EngineLifecycleSupport>" not in shown:
        shown += f"<EngineLifecycleSupport>{support}</EngineLifecycleSupport>"
    return shown


def _with_pause(xml: str, record: dict[str, Any]) -> str:
    scaling = record.get("ServerlessV2ScalingConfiguration") or {}
    seconds = scaling.get("SecondsUntilAutoPause")
    if seconds is None or not xml:
        return xml
    end = "</ServerlessV2ScalingConfiguration>"
    return xml.replace(end, f"<SecondsUntilAutoPause>{seconds}</SecondsUntilAutoPause>{end}")
