"""What is not deleted while a database is in it: clusters, subnet groups and subnets.

RDS says it of the first two, EC2 of subnets, in which an instance has a network interface:
<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.gaps._ministack import extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A cluster with instances, a subnet group with databases and a subnet with an instance are "
        "not deleted: the stack's deletion fails."
    ),
    page="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html",
    ministack="It deletes them below the databases.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Look for databases before a stack deletes what they are in."""
    extend("AWS::RDS::DBCluster", check_deletion=_cluster)
    extend("AWS::RDS::DBSubnetGroup", check_deletion=_subnet_group)
    extend("AWS::EC2::Subnet", check_deletion=_subnet)


def _cluster(identifier: str) -> None:
    instances = service("rds")._instances.values()
    if any(each.get("DBClusterIdentifier") == identifier for each in instances):
        raise ValueError(
            "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        )


def _subnet_group(name: str) -> None:
    rds = service("rds")
    databases = [each for each in rds._clusters.values() if each.get("DBSubnetGroup") == name]
    for each in [*databases, *_instances_in(name)]:
        found = each.get("DBInstanceIdentifier") or each["DBClusterIdentifier"]
        raise ValueError(
            f"Cannot delete the subnet group '{name}' because at least one database instance: "
            f"{found} is still using it."
        )


def _subnet(identifier: str) -> None:
    for name, group in service("rds")._subnet_groups.items():
        known = {subnet["SubnetIdentifier"] for subnet in group["Subnets"]}
        if identifier in known and any(_instances_in(name)):
            raise ValueError(
                f"The subnet '{identifier}' has dependencies and cannot be deleted. "
                "(DependencyViolation)"
            )


def _instances_in(group: str) -> Iterator[dict[str, Any]]:
    for instance in service("rds")._instances.values():
        if instance["DBSubnetGroup"]["DBSubnetGroupName"] == group:
            yield instance
