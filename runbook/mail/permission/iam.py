"""What IAM decides: whether policies allow a sender a message, and which statement does.

IAM itself answers, by its simulation, with the message's addresses in the context and an
identity's own policies, which SES calls sending authorization, as the resource's.
<https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>
<https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html>
<https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from runbook.mail.permission import statements
from runbook.mail.permission.message import Check, Message
from runbook.mail.permission.statements import ACTION, FROM, RECIPIENTS, TENANT, Statement

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.literals import ContextKeyTypeEnumType
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


def check(
    client: IAMClient, user: User, message: Message, resource: str, policies: Mapping[str, str]
) -> Check:
    """Ask IAM whether a user may send a message on one resource, and say why.

    `policies` are the resource's own, by name; a configuration set has none.
    """
    ask = partial(
        client.simulate_principal_policy,
        PolicySourceArn=user.arn,
        ActionNames=[ACTION],
        ResourceArns=[resource],
        ContextEntries=[*context(message)],
    )
    answer = ask(ResourcePolicy=_as_one(policies)) if policies else ask()
    result = answer["EvaluationResults"][0]
    everything = replace(
        user, statements=[*user.statements, *statements.of_identity(policies, user.arn)]
    )
    unknown = ", ".join(result.get("MissingContextValues", []))
    beside = f"; a condition on {unknown} is not judged" if unknown else ""
    if result["EvalDecision"] == "allowed":
        return Check("policy", True, allowing(everything, message, resource) + beside)
    denied = (
        f"554 Access denied: User `{user.arn}' is not authorized to perform `{ACTION}' on "
        f"resource `{resource}'"
    )
    why = refusing(everything, message, resource, result) + beside
    return Check("policy", False, why, denied)


def _as_one(policies: Mapping[str, str]) -> str:
    """Join policies into the one that a simulation takes: SES looks at the statements of all."""
    found = [each for text in policies.values() for each in statements.whole(json.loads(text))]
    return json.dumps({"Version": "2012-10-17", "Statement": found})


def context(message: Message) -> Iterator[ContextEntryTypeDef]:
    """Yield what IAM's conditions compare: what SES tells IAM of a message."""
    yield _entry(FROM, "string", message.from_address)
    yield _entry(RECIPIENTS, "stringList", *message.recipients)
    if message.name:
        yield _entry("ses:FromDisplayName", "string", message.name)
    if message.tenant:
        yield _entry(TENANT, "string", message.tenant)


def _entry(key: str, kind: ContextKeyTypeEnumType, *values: str) -> ContextEntryTypeDef:
    return {"ContextKeyName": key, "ContextKeyType": kind, "ContextKeyValues": [*values]}


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
