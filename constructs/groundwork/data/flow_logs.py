"""Who talked to whom in a network."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from groundwork.kit import arn_in_stack

RETENTION = logs.RetentionDays.ONE_MONTH


class FlowLogs(Construct):
    """Every connection, accepted or rejected, in CloudWatch for 30 days.

    <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc_id: str) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self, "log-group", retention=RETENTION, removal_policy=RemovalPolicy.DESTROY
        )
        ec2.CfnFlowLog(
            self,
            "flow-log",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.log_group_arn,
            deliver_logs_permission_arn=self._role(log_group).role_arn,
            max_aggregation_interval=600,
        )

    def _role(self, log_group: logs.LogGroup) -> iam.Role:
        """Only this account's flow logs may use it, and it writes to this group alone."""
        source = arn_in_stack(self, "ec2", "vpc-flow-log/*")
        write = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        )
        return iam.Role(
            self,
            "role",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": source},
                },
            ),
            inline_policies={"write": iam.PolicyDocument(statements=[write])},
        )
