"""What the role of a drill may do: make and delete one copy, and of the database read what it is.

<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from constructs import Construct

from groundwork.data.drill.copy import Copy
from groundwork.kit import arn_in_stack
from settings.contract import DRILL_NAMESPACE, DRILL_TAG

SECRETS = "secret:rds!cluster-*"
OWNER = "aws:ResourceTag/aws:rds:primaryDBClusterArn"
"""The tag that RDS gives a secret of its own: the cluster that it is of.

<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html>
"""


@dataclass(frozen=True)
class Restored:
    """The copy, and what it is made from."""

    scope: Construct
    copy: Copy
    machine: str
    subnet_group: str
    parameters: str

    def rds(self, *resources: str) -> list[str]:
        """Return ARNs of RDS in the stack's account and region."""
        return [arn_in_stack(self.scope, "rds", resource) for resource in resources]

    @property
    def is_cluster(self) -> bool:
        """Whether a cluster is restored."""
        return self.copy.kind == "Cluster"

    @property
    def resource(self) -> str:
        """The copy, as an ARN of RDS ends."""
        return f"{'cluster' if self.is_cluster else 'db'}:{self.copy.name}"

    @property
    def source(self) -> str:
        """The database, as an ARN of RDS ends."""
        return f"{'cluster' if self.is_cluster else 'db'}:{self.copy.database}"

    @property
    def snapshots(self) -> str:
        """Its automated snapshots, as an ARN of RDS ends."""
        return f"{'cluster-snapshot' if self.is_cluster else 'snapshot'}:rds:{self.copy.database}-*"

    @property
    def executions(self) -> str:
        """The ARN of every drill of the database."""
        return arn_in_stack(self.scope, "states", f"execution:{self.machine}:*")

    @property
    def streams(self) -> str:
        """The ARN of every record."""
        group = f"log-group:{self.copy.log_group}"
        return arn_in_stack(self.scope, "logs", f"{group}:log-stream:*")


def statements(restored: Restored) -> Iterator[iam.PolicyStatement]:
    """Yield what the role may do."""
    yield from _restoring(restored)
    yield from _deleting(restored)
    if restored.is_cluster:
        yield from _asking(restored)
    elif restored.copy.question and restored.copy.question.function:
        yield _allow(["lambda:InvokeFunction"], [restored.copy.question.function.arn])
    yield _allow(["states:DescribeExecution"], [restored.executions])
    group = arn_in_stack(restored.scope, "logs", f"log-group:{restored.copy.log_group}")
    yield _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group, restored.streams])
    yield _allow(
        ["cloudwatch:PutMetricData"],
        ["*"],
        {"StringEquals": {"cloudwatch:namespace": DRILL_NAMESPACE}},
    )


def wildcards(restored: Restored) -> dict[str, str]:
    """Return the resources with a wildcard, and why each has one."""
    default = "Without a group of its own, RDS takes the default of the engine's version."
    reasons = {
        restored.rds(restored.snapshots)[0]: "RDS names an automated snapshot after its moment.",
        restored.rds("og:default*")[0]: default,
        restored.executions: "Each execution has a name of its own.",
        restored.streams: "Each execution has a log stream of its own.",
        "*": "CloudWatch takes no resource for a metric; the condition names the one namespace.",
    }
    if not restored.is_cluster:
        return reasons
    secret, key = (
        arn_in_stack(restored.scope, service, name)
        for service, name in (("secretsmanager", SECRETS), ("kms", "key/*"))
    )
    return {
        **reasons,
        restored.rds("pg:default*")[0]: default,
        secret: "RDS makes up the name of the copy's secret; to read it, its tag has to fit.",
        key: "AWS makes up the name of the account's own key; its alias has to fit.",
    }


def _restoring(restored: Restored) -> Iterator[iam.PolicyStatement]:
    kind = restored.copy.kind
    snapshots = "DBSnapshots" if kind == "Instance" else "DBClusterSnapshots"
    made = restored.rds(restored.resource)
    yield _allow([f"rds:Describe{snapshots}"], restored.rds(restored.source, restored.snapshots))
    yield _allow([f"rds:DescribeDB{kind}s"], restored.rds(restored.resource, restored.source))
    action = "DBInstanceFromDBSnapshot" if kind == "Instance" else "DBClusterFromSnapshot"
    into = restored.rds(f"subgrp:{restored.subnet_group}", restored.parameters, "og:default*")
    yield _allow([f"rds:Restore{action}"], [*made, *restored.rds(restored.snapshots), *into])
    yield _allow(["rds:AddTagsToResource"], made)


def _deleting(restored: Restored) -> Iterator[iam.PolicyStatement]:
    """Only what has the copy's name and the drill's tag: nothing that a person has made."""
    tagged = {"StringEquals": {f"aws:ResourceTag/{DRILL_TAG}": restored.copy.database}}
    yield _allow([f"rds:DeleteDB{restored.copy.kind}"], restored.rds(restored.resource), tagged)
    if restored.is_cluster:
        writer = restored.rds(f"db:{restored.copy.writer_name}")
        yield _allow(["rds:DeleteDBInstance", "rds:DescribeDBInstances"], writer)


def _asking(restored: Restored) -> Iterator[iam.PolicyStatement]:
    """Give the copy an instance, a password that RDS makes, and the Data API; and ask it."""
    cluster = restored.rds(restored.resource)
    writer = f"db:{restored.copy.writer_name}"
    into = restored.rds(writer, f"subgrp:{restored.subnet_group}", "pg:default*", "og:default*")
    yield _allow(["rds:CreateDBInstance"], [*cluster, *into])
    yield _allow(["rds:EnableHttpEndpoint", "rds:ModifyDBCluster"], cluster)
    yield _allow(["rds-data:ExecuteStatement"], cluster)
    secrets = [arn_in_stack(restored.scope, "secretsmanager", SECRETS)]
    yield _allow(["secretsmanager:CreateSecret", "secretsmanager:TagResource"], secrets)
    own = {"StringEquals": {OWNER: cluster[0]}}
    yield _allow(["secretsmanager:GetSecretValue"], secrets, own)
    keys = [arn_in_stack(restored.scope, "kms", "key/*")]
    managed = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/aws/secretsmanager"}}
    yield _allow(["kms:DescribeKey"], keys, managed)


def _allow(
    actions: list[str], resources: list[str], conditions: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
