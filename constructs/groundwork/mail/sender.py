"""A sender: an IAM user that may send as its own addresses, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Tags
from aws_cdk import aws_iam as iam
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.credentials import AccessKeyUser
from settings.models.senders import Sender

RECIPIENTS = (
    "In the sandbox SES asks for a permission on each recipient's identity. The condition keeps "
    "the sender to its own From addresses; it goes once mail.quota is above the sandbox."
)


class SenderUser(Construct):
    """A user with the register's entries as tags, and the policy to send as its From addresses.

    SES authorizes a message on the identity that proves its From address and on the configuration
    set that it uses; both have to be allowed. While the account is in the sandbox it authorizes it
    on the recipients' identities as well, which nobody can name before: any is allowed then, with
    the same From addresses and recipients.
    <https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        declared: Sender,
        sends_through: Iterable[str],
        sandbox: Sequence[str] = (),
        tenant: str | None = None,
    ) -> None:
        """`sandbox` is every identity of the regions in which the account is in the sandbox."""
        super().__init__(scope, construct_id)
        self.user = AccessKeyUser(self, "user", name=name)
        for key, value in declared.tags.items():
            Tags.of(self.user).add(key, value)
        statement = sending(declared, [*sends_through, *sandbox], tenant)
        self.policy = iam.ManagedPolicy(self, "policy", users=[self.user], statements=[statement])
        for identities in sandbox:
            acknowledge(self.policy, f"AwsSolutions-IAM5[Resource::{identities}]", RECIPIENTS)


def sending(
    declared: Sender, resources: Iterable[str], tenant: str | None = None
) -> iam.PolicyStatement:
    """Allow sending as the From addresses, where `only_to` is declared to these recipients only.

    SMTP is `SendRawEmail`. `ForAllValues` looks at every recipient, and would be true without
    any, so that there has to be one. A sender in a tenant names no other. That it names its own is
    not demanded: AWS documents the key for the calls of the second API, and a demand that SMTP does
    not meet would refuse all mail.
    <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html>
    """
    conditions: dict[str, dict[str, str | list[str]]] = {
        "StringLike": {"ses:FromAddress": [*declared.from_addresses]}
    }
    if declared.only_to:
        conditions["ForAllValues:StringLike"] = {"ses:Recipients": [*declared.only_to]}
        conditions["Null"] = {"ses:Recipients": "false"}
    if tenant:
        conditions["StringEqualsIfExists"] = {"ses:TenantName": tenant}
    return iam.PolicyStatement(
        actions=["ses:SendRawEmail"], resources=[*resources], conditions=conditions
    )
