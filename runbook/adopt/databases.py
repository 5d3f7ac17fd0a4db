"""RDS instances and Aurora clusters, written as databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark, without_defaults
from runbook.adopt.networks import VPC, default_vpc
from runbook.adopt.subnets import chosen
from settings.models.base import Model
from settings.models.databases import Aurora, PostgreSql

UNKNOWN_LOGIN = (
    "its master password cannot be read: it is replaced by a generated one, in a secret, when the "
    "change after the import is executed. Whoever connects needs the new one then. "
    "--keep-password asks for it and keeps it"
)
MANAGED_LOGIN = (
    "RDS keeps its master password in a secret of RDS's own, which the file cannot say: choose a "
    "password for it, which turns that off, and run this again"
)
LOGS = "postgresql"


def items(account: Account) -> Iterator[Item]:
    """Yield each database that the file can declare, and a remark for each other."""
    for live in account.each("AWS::RDS::DBInstance"):
        if live.properties.get("DBClusterIdentifier"):
            continue
        if source := live.properties.get("SourceDBInstanceIdentifier"):
            yield _replica(account, live, str(source))
        elif live.properties["Engine"] == "postgres":
            yield _instance(account, live)
        else:
            yield _other(account, live)
    for live in account.each("AWS::RDS::DBCluster"):
        serverless = "ServerlessV2ScalingConfiguration" in live.properties
        if live.properties["Engine"] == "aurora-postgresql" and serverless:
            yield _cluster(account, live)
        else:
            yield _other(account, live)


def _replica(account: Account, live: Live, source: str) -> Item:
    """Leave a read replica alone: the file has replicas below their database, and makes its own."""
    reason = (
        f"a read replica of {source}: it stays, and replicates on. The file's `replicas` would "
        "make another one beside it"
    )
    remark = Remark(named(account, live), reason)
    return Item(("data", live.identifier), account.region, None, remarks=(remark,))


def _other(account: Account, live: Live) -> Item:
    kind = f"its engine is {live.properties['Engine']}"
    if live.type.endswith("Cluster"):
        kind += " without Serverless v2"
    remark = Remark(named(account, live), f"{kind}, which the file cannot declare")
    return Item(("data", live.identifier), account.region, None, remarks=(remark,))


def _instance(account: Account, live: Live) -> Item:
    said = live.properties
    declared = {
        "engine": "postgresql",
        "instance": said["DBInstanceClass"],
        **_shared(account, live, said.get("VPCSecurityGroups", ())),
        "storage_gib": int(said["AllocatedStorage"]),
        "storage_max_gib": said.get("MaxAllocatedStorage"),
        "multi_az": said.get("MultiAZ", False),
        "public": said.get("PubliclyAccessible", False),
        "performance_insights": said.get("EnablePerformanceInsights", False),
        "database": _first_database(live.identifier, said.get("DBName")),
    }
    group = said.get("DBParameterGroupName")
    return _item(account, live, PostgreSql, declared, ("AWS::RDS::DBParameterGroup", group), ())


def _cluster(account: Account, live: Live) -> Item:
    said, scaling = live.properties, live.properties["ServerlessV2ScalingConfiguration"]
    pause = scaling.get("SecondsUntilAutoPause")
    capacity = {
        "min": _units(scaling["MinCapacity"]),
        "max": _units(scaling["MaxCapacity"]),
        "pause_after": f"{pause}s" if pause else None,
    }
    declared = {
        "engine": "aurora-postgresql",
        "capacity": {name: value for name, value in capacity.items() if value is not None},
        **_shared(account, live, said.get("VpcSecurityGroupIds", ())),
        "data_api": said.get("EnableHttpEndpoint", False),
        "database": _first_database(live.identifier, said.get("DatabaseName")),
    }
    members = [*_writer(account, live.identifier)]
    group = said.get("DBClusterParameterGroupName")
    return _item(
        account, live, Aurora, declared, ("AWS::RDS::DBClusterParameterGroup", group), members
    )


def _writer(account: Account, cluster: str) -> Iterator[Live]:
    """Yield the one instance of a cluster that the file has. Further ones stay beside it."""
    (found,) = account.client("rds").describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    writers = {m["DBInstanceIdentifier"] for m in found["DBClusterMembers"] if m["IsClusterWriter"]}
    for member in account.below("AWS::RDS::DBInstance", "", DBClusterIdentifier=cluster):
        if member.identifier in writers:
            yield member


def _readers(account: Account, cluster: str) -> list[Live]:
    writers = [member.identifier for member in _writer(account, cluster)]
    members = account.below("AWS::RDS::DBInstance", "", DBClusterIdentifier=cluster)
    return [member for member in members if member.identifier not in writers]


def _units(number: Any) -> int | float:
    return int(number) if float(number).is_integer() else float(number)


def _first_database(identifier: str, name: str | None) -> str | None:
    """Return the database that was made first. RDS always makes one of its own, and names none."""
    return None if name == identifier.replace("-", "_") else name or "postgres"


def _shared(account: Account, live: Live, groups: Any) -> dict[str, Any]:
    said = live.properties
    vpc = _vpc(account, said.get("DBSubnetGroupName"))
    names = [account.named("AWS::EC2::SecurityGroup", group) for group in groups]
    return {
        "version": _version(said),
        "network": account.networks[vpc] if vpc else None,
        "user": said["MasterUsername"],
        "security_groups": [str(found.properties["GroupName"]) for found in names if found],
        "encrypted": said.get("StorageEncrypted", False),
        "deletion_protection": said.get("DeletionProtection", False),
        "backup_days": said.get("BackupRetentionPeriod", 0),
        # RDS has it on by default, and CloudFormation refuses to change it.
        "extended_support": not str(said.get("EngineLifecycleSupport")).endswith("-disabled"),
        "log_exports": LOGS in said.get("EnableCloudwatchLogsExports", ()),
    }


def _version(said: Mapping[str, Any]) -> str:
    """Return the exact version, or the major one where RDS installs minor versions by itself."""
    exact = str(said["EngineVersion"])
    return exact.partition(".")[0] if said.get("AutoMinorVersionUpgrade", True) else exact


def _vpc(account: Account, subnet_group: str | None) -> str | None:
    """Return the VPC of a database: that of its subnets; None in the default VPC."""
    group = account.named("AWS::RDS::DBSubnetGroup", subnet_group) if subnet_group else None
    if group is None:
        return None
    subnet = account.named("AWS::EC2::Subnet", group.properties["SubnetIds"][0])
    vpc = account.named(VPC, subnet.properties["VpcId"]) if subnet else None
    if vpc is None or vpc.identifier == default_vpc(account):
        return None
    return vpc.identifier


def _refused(account: Account, live: Live, declared: Mapping[str, Any]) -> str | None:
    """Say why the file cannot have a database: it would be another one."""
    if declared["network"] is None or "default" in declared["security_groups"]:
        return "it is in the default VPC or its default group, which the file cannot declare"
    if live.properties.get("MasterUserSecret", {}).get("SecretArn"):
        return MANAGED_LOGIN
    name = str(live.properties["DBSubnetGroupName"])
    group = chosen(account, _vpc(account, name) or "").group
    if group and group.identifier != name:
        return (
            f"it is in the subnet group {name}, and its network in the file has those of "
            f"{group.identifier}, which more databases are in: RDS would replace it"
        )
    return None


def _item(
    account: Account,
    live: Live,
    model: type[Model],
    declared: Mapping[str, Any],
    parameters: tuple[str, str | None],
    members: Any,
) -> Item:
    name, within = live.identifier, f"databases/{live.identifier}"
    subject = named(account, live)
    remarks = [Remark(subject, UNKNOWN_LOGIN)]
    if why := _refused(account, live, declared):
        remark = Remark(subject, why)
        return Item(("data", "databases", name), account.region, None, remarks=(remark,))
    resources = [live._replace(within=within), *(item._replace(within=within) for item in members)]
    kind, group = parameters
    found = account.named(kind, group, within) if group else None
    resources += [found] if found and not str(group).startswith("default.") else []
    kind = "cluster" if model is Aurora else "instance"
    log = account.named("AWS::Logs::LogGroup", f"/aws/rds/{kind}/{name}/{LOGS}", within)
    # RDS made it on its first export: the name is taken, and the log is kept.
    resources += [log] if log else []
    when = "at its next restart" if model is Aurora else "in the next change, which restarts it"
    reason = f"its parameters are those of {group}: Groundwork's own take effect {when}"
    remarks.append(Remark(subject, reason))
    options = str(live.properties.get("OptionGroupName", "default:"))
    if not options.startswith("default:"):
        remarks.append(Remark(subject, f"its options are those of {options}: they stay"))
    for reader in _readers(account, name) if model is Aurora else ():
        reason = f"a reader of {name}: it stays, and reads on; the file's `replicas` make others"
        remarks.append(Remark(named(account, reader), reason))
    return Item(
        ("data", "databases", name),
        account.region,
        without_defaults(model, declared),
        tuple(resources),
        tuple(remarks),
        arn_of(account, live),
    )
