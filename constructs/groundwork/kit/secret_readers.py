"""Who may read a secret."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from groundwork.kit.arns import execution_role_arn

READ = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
WRITE = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:RestoreSecret",
    "secretsmanager:UpdateSecretVersionStage",
]


class SecretReaders(secretsmanager.CfnResourcePolicy):
    """Gives a secret's value to its readers, and refuses it to everybody else in the account.

    Roles are named in conditions. A role that stands as a principal must exist, and be of some age,
    before AWS takes the policy, and one that is made again under its name is not the same. An
    account as principal would leave it to the role's own policies.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>

    CloudFormation's own role is let through: it reads a secret while it updates it. It is nobody's
    but CloudFormation's, and could change this policy anyway.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        secret_arn: str,
        readers: Sequence[str],
        writer: str | None = None,
        service: str | None = None,
    ) -> None:
        """`writer` is the role of a function that keeps the value.

        `service` is the role with which a service of AWS reads it. AWS does not say that requests
        of RDS Proxy name their principal: those that name none are not refused here, and nobody's
        own request is without the name.
        """
        others = [role for role in (writer, service) if role]
        let_in = [*readers, *others, execution_role_arn(scope)]
        refused: dict[str, object] = {"ArnNotEquals": {"aws:PrincipalArn": let_in}}
        if service:
            refused["Null"] = {"aws:PrincipalArn": "false"}
        account = Stack.of(scope).account
        statements = [_deny(refused)]
        if readers:
            statements.append(_allow(READ, account, [*readers]))
        if writer:
            statements.append(_allow(WRITE, account, [writer]))
        super().__init__(
            scope,
            construct_id,
            resource_policy={"Version": "2012-10-17", "Statement": statements},
            secret_id=secret_arn,
        )


def _deny(condition: dict[str, object]) -> dict[str, object]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": condition,
    }


def _allow(actions: list[str], account: str, roles: list[str]) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": actions,
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalAccount": account},
            "ArnEquals": {"aws:PrincipalArn": roles},
        },
    }
