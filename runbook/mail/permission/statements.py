"""The statements of policies that concern a user's sending, read to say what they allow.

They stand in the user's own policies, in its groups', and in those that an identity has.

IAM decides; these only explain. Whatever a statement has beside the two conditions that senders
have is left to IAM.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

ACTION = "ses:SendRawEmail"
"""What a message by SMTP is to IAM, too."""
FROM, RECIPIENTS, TENANT = "ses:FromAddress", "ses:Recipients", "ses:TenantName"


@dataclass(frozen=True)
class Statement:
    """A statement about sending, the policy that it is of, and the values of its conditions."""

    policy: str
    effect: str
    resources: tuple[str, ...]
    senders: tuple[str, ...]
    recipients: tuple[str, ...]

    def is_about(self, resource: str) -> bool:
        """Say whether the statement names a resource."""
        return any(like(resource, pattern) for pattern in self.resources)

    def mismatch(self, sender: str, recipients: tuple[str, ...]) -> str:
        """Say which of its conditions a message does not meet; empty if it meets them."""
        if self.senders and not any(like(sender, pattern) for pattern in self.senders):
            return f"From {', '.join(self.senders)} is allowed, and not {sender}"
        for address in recipients if self.recipients else ():
            if not any(like(address, pattern) for pattern in self.recipients):
                return f"mail to {', '.join(self.recipients)} is allowed, and not to {address}"
        return ""


def of_user(client: IAMClient, user: str) -> list[Statement]:
    """Return the statements about sending of a user's own policies and of its groups'."""
    documents = [*_of_user(client, user)]
    pages = client.get_paginator("list_groups_for_user").paginate(UserName=user)
    for page in pages:
        for group in page["Groups"]:
            documents += _of_group(client, group["GroupName"])
    return [each for name, document in documents for each in read(name, document)]


def of_identity(policies: Mapping[str, str], user: str) -> list[Statement]:
    """Return the statements about a user's sending of an identity's policies, by their names.

    One that allows sending to the account alone leaves it to the user's own policies.
    <https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html>
    """
    found = [
        (f"{name}, a policy of the identity", statement)
        for name, document in sorted(policies.items())
        for statement in whole(json.loads(document))
        if _concerns(statement, user)
    ]
    return [each for name, statement in found for each in read(name, {"Statement": statement})]


def whole(document: object) -> list[dict[str, object]]:
    """Return every statement of a policy document."""
    found = document.get("Statement") if isinstance(document, dict) else None
    each = found if isinstance(found, list) else [found]
    return [statement for statement in each if isinstance(statement, dict)]


def _concerns(statement: Mapping[str, object], user: str) -> bool:
    account = user.split(":")[4]
    named = {user, "*"}
    if statement.get("Effect") == "Deny":
        named |= {account, f"arn:aws:iam::{account}:root"}
    if "NotPrincipal" in statement:
        return named.isdisjoint(_principals(statement["NotPrincipal"]))
    return not named.isdisjoint(_principals(statement.get("Principal")))


def _principals(named: object) -> tuple[str, ...]:
    return _many(named.get("AWS") if isinstance(named, dict) else named)


def read(policy: str, document: object) -> Iterator[Statement]:
    """Yield the statements about sending of a policy document, as botocore has parsed it."""
    for statement in whole(document):
        if any(like(ACTION.lower(), action.lower()) for action in _many(statement.get("Action"))):
            yield Statement(
                policy,
                str(statement.get("Effect")),
                _many(statement.get("Resource")),
                senders=_values(statement, FROM),
                recipients=_values(statement, RECIPIENTS),
            )


def _values(statement: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return what a condition key is compared with; `Null` only asks whether it is there."""
    conditions = statement.get("Condition")
    if not isinstance(conditions, dict):
        return ()
    compared = [values.get(key) for name, values in conditions.items() if name != "Null"]
    return tuple(value for values in compared for value in _many(values))


def like(value: str, pattern: str) -> bool:
    """Compare as IAM's `StringLike` and its resources do: letter by letter, * and ? apart."""
    written = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(written, value, re.DOTALL) is not None


def _of_user(client: IAMClient, user: str) -> Iterator[tuple[str, object]]:
    for page in client.get_paginator("list_user_policies").paginate(UserName=user):
        for name in page["PolicyNames"]:
            yield name, client.get_user_policy(UserName=user, PolicyName=name)["PolicyDocument"]
    for attached in client.get_paginator("list_attached_user_policies").paginate(UserName=user):
        for policy in attached["AttachedPolicies"]:
            yield policy["PolicyName"], _managed(client, policy["PolicyArn"])


def _of_group(client: IAMClient, group: str) -> Iterator[tuple[str, object]]:
    for page in client.get_paginator("list_group_policies").paginate(GroupName=group):
        for name in page["PolicyNames"]:
            yield name, client.get_group_policy(GroupName=group, PolicyName=name)["PolicyDocument"]
    for attached in client.get_paginator("list_attached_group_policies").paginate(GroupName=group):
        for policy in attached["AttachedPolicies"]:
            yield policy["PolicyName"], _managed(client, policy["PolicyArn"])


def _managed(client: IAMClient, arn: str) -> object:
    version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = client.get_policy_version(PolicyArn=arn, VersionId=version)
    return found["PolicyVersion"]["Document"]


def _many(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return () if value is None else (str(value),)
