"""Databases: properties that are dropped, and cluster members.

What is completed here can be read back with `DescribeDBInstances` and `DescribeDBClusters`. A
password that RDS would manage is not invented: it is refused.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._calls import true
from embedded.gaps._ministack import Created, Properties, extend, provisioners, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="Databases have what a template says, and members what their cluster has.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-rds-dbinstance.html"
    ),
    ministack="It drops some properties, and leaves members without what their cluster has.",
    effect=Effect.CAPABLE,
)

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
# What RDS has unless it is told otherwise.
SUPPORTED = "open-source-rds-extended-support"
# Where a template leaves these out, a member has its cluster's.
OF_THE_CLUSTER = ("EngineVersion", "StorageEncrypted", "BackupRetentionPeriod")


def install() -> None:
    """Wrap both types' handlers, and complete what the API shows of them."""
    extend(INSTANCE, _complete_instance, check=_refuse, check_deletion=_leave)
    extend(CLUSTER, _complete_cluster, check=_refuse)
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


def _refuse(properties: Properties) -> None:
    """Refuse before anything is made what would silently be something else."""
    if true(properties.get("ManageMasterUserPassword")):
        raise ValueError("The embedded AWS has no passwords managed by RDS: generate a secret.")


def _complete_instance(created: Created, properties: Properties) -> Created:
    record = service("rds")._instances[created[0]]
    _complete(record, properties)
    if properties.get("DBClusterIdentifier"):
        _join(record, properties)
    return created


def _complete_cluster(created: Created, properties: Properties) -> Created:
    record = service("rds")._clusters[created[0]]
    _complete(record, properties)
    group = properties.get("DBClusterParameterGroupName")
    major = record["EngineVersion"].partition(".")[0]
    record["DBClusterParameterGroup"] = group or f"default.{record['Engine']}{major}"
    record["TagList"] = properties.get("Tags", [])
    return created


def _complete(record: dict[str, Any], properties: Properties) -> None:
    if "EngineLifecycleSupport" in properties:
        record["EngineLifecycleSupport"] = properties["EngineLifecycleSupport"]
    record["EnabledCloudwatchLogsExports"] = properties.get("EnableCloudwatchLogsExports", [])


def _join(record: dict[str, Any], properties: Properties) -> None:
    """Make an instance a member of its cluster: what it has of it, and who writes."""
    cluster = service("rds")._clusters[properties["DBClusterIdentifier"]]
    for name in OF_THE_CLUSTER:
        record[name] = cluster[name]
    record["VpcSecurityGroups"] = cluster["VpcSecurityGroups"]
    group = service("rds")._subnet_groups.get(cluster["DBSubnetGroup"])
    record["DBSubnetGroup"] = group or record["DBSubnetGroup"]
    for number, member in enumerate(cluster["DBClusterMembers"]):
        member["IsClusterWriter"] = number == 0


def _leave(identifier: str) -> None:
    """Take a deleted instance out of its cluster's members."""
    for cluster in service("rds")._clusters.values():
        members = cluster.get("DBClusterMembers", [])
        members[:] = [m for m in members if m["DBInstanceIdentifier"] != identifier]


def _shown(xml: str, record: dict[str, Any]) -> str:
    exports = record.get("EnabledCloudwatchLogsExports", [])
    members = "".join(f"<member>{name}</member>" for name in exports)
    shown = xml.replace("<EnabledCloudwatchLogsExports/>", "")
    shown += f"<EnabledCloudwatchLogsExports>{members}</EnabledCloudwatchLogsExports>"
    support = record.get("EngineLifecycleSupport", SUPPORTED)
    if "<EngineLifecycleSupport>" not in shown:
        shown += f"<EngineLifecycleSupport>{support}</EngineLifecycleSupport>"
    return shown


def _with_pause(xml: str, record: dict[str, Any]) -> str:
    scaling = record.get("ServerlessV2ScalingConfiguration") or {}
    seconds = scaling.get("SecondsUntilAutoPause")
    if seconds is None or not xml:
        return xml
    end = "</ServerlessV2ScalingConfiguration>"
    return xml.replace(end, f"<SecondsUntilAutoPause>{seconds}</SecondsUntilAutoPause>{end}")
