"""A role that may do what is listed, and never more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from groundwork.access.permissions import Permission
from groundwork.checks import acknowledge


class AccessRole(Construct):
    """A role whose policy is its permissions boundary too.

    Whatever somebody attaches to the role later, it may do nothing more: an author does not become
    an approver by one more policy. A session ends after `session` at most.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        trusted: Sequence[iam.IPrincipal],
        permissions: Sequence[Permission],
        session: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.policy = iam.ManagedPolicy(
            self,
            "policy",
            description=description,
            statements=[_statement(permission) for permission in permissions],
        )
        self.role = iam.Role(
            self,
            "role",
            role_name=name,
            description=description,
            assumed_by=iam.CompositePrincipal(*trusted),
            managed_policies=[self.policy],
            permissions_boundary=self.policy,
            max_session_duration=session,
        )
        for permission in permissions:
            for finding in wildcards(permission):
                acknowledge(self.policy, finding, permission.reason)


def wildcards(permission: Permission) -> Iterator[str]:
    """Yield the findings about a permission. cdk-nag writes variables in angle brackets."""
    found = [f"Action::{action}" for action in permission.actions if "*" in action]
    found += [f"Resource::{arn}" for arn in permission.resources if "*" in arn]
    for finding in found:
        yield f"AwsSolutions-IAM5[{finding.replace('${', '<').replace('}', '>')}]"


def _statement(permission: Permission) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[*permission.actions],
        resources=[*permission.resources],
        conditions={name: dict(values) for name, values in permission.conditions.items()},
    )
