"""What IAM decides: whether a sender's policies allow a message, and which statement does.

IAM itself answers, by its simulation, with the message's addresses in the context. A sending
authorization policy that an identity has is not part of it.
<https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>
<https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook.mail.permission import statements
from runbook.mail.permission.message import Check, Message
from runbook.mail.permission.statements import ACTION, FROM, RECIPIENTS, Statement

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import ContextEntryTypeDef, EvaluationResultTypeDef


@dataclass(frozen=True)
class User:
    """A sender's IAM user, with what its policies say of sending."""

    arn: str
    statements: Sequence[Statement]


def user(client: IAMClient, name: str) -> User | None:
    """Return a user by its name; None where there is none."""
    try:
        arn = client.get_user(UserName=name)["User"]["Arn"]
    except client.exceptions.NoSuchEntityException:
        return None
    return User(arn, statements.of_user(client, name))


def check(client: IAMClient, user: User, message: Message, resource: str) -> Check:
    """Ask IAM whether a user may send a message on one resource, and say why."""
    answer = client.simulate_principal_policy(
        PolicySourceArn=user.arn,
        ActionNames=[ACTION],
        ResourceArns=[resource],
        ContextEntries=context(message),
    )
    result = answer["EvaluationResults"][0]
    if result["EvalDecision"] == "allowed":
        return Check("policy", True, allowing(user, message, resource))
    denied = (
        f"554 Access denied: User `{user.arn}' is not authorized to perform `{ACTION}' on "
        f"resource `{resource}'"
    )
    return Check("policy", False, refusing(user, message, resource, result), denied)


def context(message: Message) -> Sequence[ContextEntryTypeDef]:
    """Return what IAM's conditions compare: what SES tells IAM of a message."""
    return [
        {
            "ContextKeyName": FROM,
            "ContextKeyValues": [message.from_address],
            "ContextKeyType": "string",
        },
        {
            "ContextKeyName": RECIPIENTS,
            "ContextKeyValues": [*message.recipients],
            "ContextKeyType": "stringList",
        },
    ]


def allowing(user: User, message: Message, resource: str) -> str:
    """Name the statement that allows a message on a resource."""
    for each in user.statements:
        fits = each.is_about(resource) and not each.mismatch(
            message.from_address, message.recipients
        )
        if each.effect == "Allow" and fits:
            to = f", to {', '.join(each.recipients)}" if each.recipients else ""
            senders = ", ".join(each.senders) or "*"
            return f"{_short(resource)}: From {senders}{to} is allowed by {each.policy}"
    return f"{_short(resource)}: allowed by a policy"


def refusing(user: User, message: Message, resource: str, result: EvaluationResultTypeDef) -> str:
    """Say why IAM refuses: a denial, a limit from above, or statements that do not fit."""
    short = _short(resource)
    if not result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True):
        return f"{short}: the organization's service control policies do not allow it"
    boundary = result.get("PermissionsBoundaryDecisionDetail", {})
    if not boundary.get("AllowedByPermissionsBoundary", True):
        return f"{short}: the user's permissions boundary does not allow it"
    if result["EvalDecision"] == "explicitDeny":
        denying = [e.policy for e in user.statements if e.effect == "Deny" and e.is_about(resource)]
        return f"{short}: denied by {' and '.join(denying) or 'a policy'}"
    for each in user.statements:
        if each.effect == "Allow" and each.is_about(resource):
            why = each.mismatch(message.from_address, message.recipients)
            return f"{short}: {why or 'a condition is not met'} ({each.policy})"
    return f"{short}: no statement allows sending with it"


def _short(resource: str) -> str:
    return resource.rpartition(":")[2]
