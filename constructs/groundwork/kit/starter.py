"""The role by which a service starts a state machine, and does nothing else."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct


def add_starter(scope: Construct, machine_arn: str, principal: iam.IPrincipal) -> iam.Role:
    """Make the role that the service takes on to start the one machine.

    <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html>
    """
    start = iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine_arn])
    return iam.Role(
        scope,
        "starter",
        assumed_by=principal,
        inline_policies={"start": iam.PolicyDocument(statements=[start])},
    )
