"""Read replicas: what they have of their source, and that it needs backups.

They are created with backups disabled, and have some where a template says so:
<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html>
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Created, Properties, account, extend, region, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A stack's replica has what its source has, but for backups; a source without automated "
        "backups has no replica."
    ),
    page="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",
    ministack="It makes an instance that has nothing to do with the source.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::RDS::DBInstance"
# Where a template leaves these out, a replica has its source's.
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
    """Make an instance that names a source its replica, and take it back on deletion."""
    extend(TYPE, _follow, check=_refuse, check_deletion=_leave)


def _refuse(properties: Properties) -> None:
    source = properties.get("SourceDBInstanceIdentifier")
    if source and not _source(source)["BackupRetentionPeriod"]:
        raise ValueError(
            "Automated backups are not enabled for this database instance. To enable automated "
            "backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
        )


def _follow(created: Created, properties: Properties) -> Created:
    if not properties.get("SourceDBInstanceIdentifier"):
        return created
    record = service("rds")._instances[created[0]]
    source = _source(properties["SourceDBInstanceIdentifier"])
    for name in OF_THE_SOURCE:
        if name not in properties:
            record[name] = source[name]
    record["BackupRetentionPeriod"] = int(properties.get("BackupRetentionPeriod", 0))
    if "DBSubnetGroupName" not in properties:
        record["DBSubnetGroup"] = source["DBSubnetGroup"]
    record["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
    replicas = source["ReadReplicaDBInstanceIdentifiers"]
    if record["DBInstanceIdentifier"] not in replicas:
        replicas.append(record["DBInstanceIdentifier"])
    return created


def _leave(identifier: str) -> None:
    for source in service("rds")._instances.values():
        replicas = source.get("ReadReplicaDBInstanceIdentifiers", [])
        replicas[:] = [replica for replica in replicas if replica != identifier]


def _source(identifier: str) -> dict[str, Any]:
    """The source of a replica, by name or by ARN; one of another region by ARN only."""
    name, home = identifier, region()
    if identifier.startswith("arn:"):
        home, name = identifier.split(":")[3], identifier.rpartition(":")[2]
    found: dict[str, Any] | None = service("rds")._instances.get_scoped(account(), home, name)
    if found is None:
        raise ValueError(f"DBInstance {identifier} not found.")
    return found
