"""Database instances, clusters, and their groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embedded.readers.reader import Clients, Properties, Reader, first, pages, picked, tags

Find = Callable[[Clients], Iterator[tuple[str, ...]]]


def _each(operation: str, key: str, name: str) -> Find:
    """Find resources that RDS describes under their own name."""

    def find(clients: Clients) -> Iterator[tuple[str, ...]]:
        for item in pages(clients("rds"), operation, key):
            yield (item[name],)

    return find


_SHARED = (
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "Engine",
    "EngineLifecycleSupport",
    "EngineVersion",
    "KmsKeyId",
    "MasterUsername",
    "NetworkType",
    "StorageEncrypted",
)
_INSTANCE = (
    *_SHARED,
    "AllocatedStorage",
    "AutoMinorVersionUpgrade",
    "DBClusterIdentifier",
    "DBInstanceClass",
    "DBInstanceIdentifier",
    "MaxAllocatedStorage",
    "MultiAZ",
    "PromotionTier",
    "PubliclyAccessible",
    "StorageType",
)
_CLUSTER = (
    *_SHARED,
    "DBClusterIdentifier",
    "DatabaseName",
    "Port",
    "ServerlessV2ScalingConfiguration",
)


_MEMBER = (
    "AutoMinorVersionUpgrade",
    "DBClusterIdentifier",
    "DBInstanceClass",
    "DBInstanceIdentifier",
    "Engine",
    "PromotionTier",
    "PubliclyAccessible",
)
"""What an instance of a cluster has of its own. The rest is the cluster's."""


def _instance(clients: Clients, name: str) -> Properties:
    found = first(clients("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"])
    clustered = bool(found.get("DBClusterIdentifier"))
    if clustered:
        return {**picked(found, *_MEMBER), "Tags": tags(found.get("TagList"))}
    return {
        **picked(found, *_INSTANCE),
        "AllocatedStorage": str(found["AllocatedStorage"]),
        "DBName": found.get("DBName"),
        "DBParameterGroupName": _parameter_group(found),
        "DBSubnetGroupName": found.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports") or [],
        "EnableIAMDatabaseAuthentication": found.get("IAMDatabaseAuthenticationEnabled", False),
        "EnablePerformanceInsights": found.get("PerformanceInsightsEnabled", False),
        "Port": str(found["Endpoint"]["Port"]),
        "SourceDBInstanceIdentifier": found.get("ReadReplicaSourceDBInstanceIdentifier"),
        "VPCSecurityGroups": _groups(found),
        "Tags": tags(found.get("TagList")),
    }


def _parameter_group(found: Any) -> str | None:
    groups = found.get("DBParameterGroups", ())
    return groups[0]["DBParameterGroupName"] if groups else None


def _groups(found: Any) -> list[str] | None:
    return [group["VpcSecurityGroupId"] for group in found.get("VpcSecurityGroups", ())] or None


def _cluster(clients: Clients, name: str) -> Properties:
    found = first(clients("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"])
    return {
        **picked(found, *_CLUSTER),
        "DBClusterParameterGroupName": found.get("DBClusterParameterGroup"),
        "DBSubnetGroupName": found.get("DBSubnetGroup"),
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports") or [],
        "EnableHttpEndpoint": found.get("HttpEndpointEnabled", False),
        "EnableIAMDatabaseAuthentication": found.get("IAMDatabaseAuthenticationEnabled", False),
        "VpcSecurityGroupIds": _groups(found),
        "Tags": tags(found.get("TagList")),
    }


def _instance_endpoint(clients: Clients, name: str) -> Properties:
    found = first(clients("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"])
    endpoint = found.get("Endpoint", {})
    return {
        "Endpoint.Address": endpoint.get("Address"),
        "Endpoint.Port": str(endpoint.get("Port")),
        "DBInstanceArn": found["DBInstanceArn"],
    }


def _cluster_endpoint(clients: Clients, name: str) -> Properties:
    found = first(clients("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"])
    return {
        "Endpoint.Address": found["Endpoint"],
        "Endpoint.Port": str(found["Port"]),
        "ReadEndpoint.Address": found.get("ReaderEndpoint"),
        "DBClusterArn": found["DBClusterArn"],
    }


def _subnet_group(clients: Clients, name: str) -> Properties:
    found = first(
        clients("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    )
    return {
        "DBSubnetGroupName": found["DBSubnetGroupName"],
        "DBSubnetGroupDescription": found["DBSubnetGroupDescription"],
        "SubnetIds": [subnet["SubnetIdentifier"] for subnet in found["Subnets"]],
        "Tags": _tags(clients, found["DBSubnetGroupArn"]),
    }


def _parameters(clients: Clients, name: str) -> Properties:
    rds = clients("rds")
    found = first(rds.describe_db_parameter_groups(DBParameterGroupName=name)["DBParameterGroups"])
    changed = pages(
        rds, "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user"
    )
    return {
        "DBParameterGroupName": name,
        "Description": found["Description"],
        "Family": found["DBParameterGroupFamily"],
        "Parameters": {item["ParameterName"]: item["ParameterValue"] for item in changed},
        "Tags": _tags(clients, found["DBParameterGroupArn"]),
    }


def _cluster_parameters(clients: Clients, name: str) -> Properties:
    rds = clients("rds")
    groups = rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)
    found = first(groups["DBClusterParameterGroups"])
    changed = pages(
        rds,
        "describe_db_cluster_parameters",
        "Parameters",
        DBClusterParameterGroupName=name,
        Source="user",
    )
    return {
        "DBClusterParameterGroupName": name,
        "Description": found["Description"],
        "Family": found["DBParameterGroupFamily"],
        "Parameters": {item["ParameterName"]: item["ParameterValue"] for item in changed},
        "Tags": _tags(clients, found["DBClusterParameterGroupArn"]),
    }


def _tags(clients: Clients, arn: str) -> list[dict[str, str]] | None:
    return tags(clients("rds").list_tags_for_resource(ResourceName=arn).get("TagList"))


_GROUP = {"Description", "Family", "Parameters", "Tags"}

READERS = {
    "AWS::RDS::DBInstance": Reader(
        ("DBInstanceIdentifier",),
        frozenset(
            {
                *_INSTANCE,
                "DBName",
                "DBParameterGroupName",
                "DBSubnetGroupName",
                "EnableCloudwatchLogsExports",
                "EnableIAMDatabaseAuthentication",
                "EnablePerformanceInsights",
                "Port",
                "SourceDBInstanceIdentifier",
                "VPCSecurityGroups",
                "Tags",
            }
        ),
        _each("describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        _instance,
        _instance_endpoint,
    ),
    "AWS::RDS::DBCluster": Reader(
        ("DBClusterIdentifier",),
        frozenset(
            {
                *_CLUSTER,
                "DBClusterParameterGroupName",
                "DBSubnetGroupName",
                "EnableCloudwatchLogsExports",
                "EnableHttpEndpoint",
                "EnableIAMDatabaseAuthentication",
                "VpcSecurityGroupIds",
                "Tags",
            }
        ),
        _each("describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
        _cluster,
        _cluster_endpoint,
    ),
    "AWS::RDS::DBSubnetGroup": Reader(
        ("DBSubnetGroupName",),
        frozenset({"DBSubnetGroupName", "DBSubnetGroupDescription", "SubnetIds", "Tags"}),
        _each("describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
        _subnet_group,
    ),
    "AWS::RDS::DBParameterGroup": Reader(
        ("DBParameterGroupName",),
        frozenset({"DBParameterGroupName", *_GROUP}),
        _each("describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName"),
        _parameters,
    ),
    "AWS::RDS::DBClusterParameterGroup": Reader(
        ("DBClusterParameterGroupName",),
        frozenset({"DBClusterParameterGroupName", *_GROUP}),
        _each(
            "describe_db_cluster_parameter_groups",
            "DBClusterParameterGroups",
            "DBClusterParameterGroupName",
        ),
        _cluster_parameters,
    ),
}
