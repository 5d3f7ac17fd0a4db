"""AWS's limits that a file can pass without one wrong value, each found at the item that passes it.

They are the quotas that every account has; some can be raised, none of them by a template.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from settings.models.base import Problem
from settings.plan import items_of
from settings.plan.access import AccessItems
from settings.plan.mail import MailItems

if TYPE_CHECKING:
    from settings.models.access import Trust
    from settings.models.settings import Settings
    from settings.plan import StackPlan
    from settings.plan.mail import SenderItem

POLICY = 6_144
"""<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>"""
TRUST = 2_048
"""<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>

AWS raises it up to 4,096 for an account that asks; a file must not depend on that.
"""
SECRET_POLICY = 20_480
"""<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html>"""
SECRET_POLICY_ITSELF = 1_500
"""What a secret's policy has beside its readers."""
RECEIPT_RULES = 200
"""Of a rule set: <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>"""
FILTERS = 200
"""Of a topic: <https://docs.aws.amazon.com/general/latest/gr/sns.html>"""
EVENT_RULES = 300
"""Of an event bus: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>"""
FEWER_EVENT_RULES = {"af-south-1": 100, "eu-south-1": 100}
"""The same page: regions that begin with fewer."""
LOG_POLICIES = 10
"""In a region, of those that name no log group of their own.

<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html>
"""


def quota_problems(settings: Settings, plans: tuple[StackPlan, ...]) -> Iterator[Problem]:
    """Yield every item that takes the file past a quota."""
    mail = [*items_of(plans, MailItems)]
    yield from _sender_policies(settings.account, mail)
    yield from _readers(settings)
    yield from _received(mail)
    yield from _bounces(mail)
    yield from _delivery_logs(mail)
    for access in items_of(plans, AccessItems):
        yield from _trust(settings, access)


def _length(document: object) -> int:
    """Return the characters that IAM counts, which are all but spaces."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def _sender_policies(account: str, mail: list[MailItems]) -> Iterator[Problem]:
    for items in mail:
        for name, sender in items.senders.items():
            length = _length(_policy(account, sender))
            if length > POLICY and items.region == sender.declared.regions[0]:
                yield Problem(
                    ("mail", "senders", name, "from"),
                    "a shorter list, or one with patterns: with only_to, the identities and their "
                    f"regions it makes a policy of {length:,} characters, and IAM takes {POLICY:,}",
                )


def _policy(account: str, sender: SenderItem) -> dict[str, object]:
    """Return the policy of a sender, as its construct writes it."""
    addresses = {"ses:FromAddress": [*sender.declared.from_addresses]}
    only_to = {"ses:Recipients": [*(sender.declared.only_to or ())]}
    names = [f"configuration-set/{sender.configuration_set}"]
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Action": "ses:SendRawEmail",
            "Condition": {
                "StringLike": addresses,
                "ForAllValues:StringLike": only_to,
                "Null": {"ses:Recipients": "false"},
                "StringEqualsIfExists": {"ses:TenantName": sender.tenant or ""},
            },
            "Effect": "Allow",
            "Resource": [
                f"arn:aws:ses:{region}:{account}:{resource}"
                for region, identities in sender.identities.items()
                for resource in (*(f"identity/{name}" for name in identities), *names)
            ],
        },
    }


def _readers(settings: Settings) -> Iterator[Problem]:
    for path, readers in settings.readers():
        length = SECRET_POLICY_ITSELF + 2 * sum(len(reader) + 3 for reader in readers)
        if length > SECRET_POLICY:
            yield Problem(
                path,
                f"a shorter list: with these readers the secret's policy has {length:,} "
                f"characters, and Secrets Manager takes {SECRET_POLICY:,}",
            )


def _received(mail: list[MailItems]) -> Iterator[Problem]:
    for items in mail:
        for recipient in items.received[RECEIPT_RULES:]:
            group = "addresses" if "@" in recipient else "domains"
            yield Problem(
                ("mail", group, recipient),
                f"one of {RECEIPT_RULES} at most whose mail is received in {items.region}: each "
                "has a receipt rule, and SES takes no more",
                key=True,
            )


def _bounces(mail: list[MailItems]) -> Iterator[Problem]:
    """A contact's subscription has a filter, by which it gets the bounces of its sender alone."""
    contacts: Counter[str] = Counter()
    for items in mail:
        for name, sender in items.senders.items():
            topic = f"{sender.bounces} in {items.region}"
            contacts[topic] += len(sender.declared.bounces_to)
            if sender.declared.bounces_to and contacts[topic] > FILTERS:
                yield Problem(
                    ("mail", "senders", name, "bounces_to"),
                    f"a shorter list: the senders of {sender.configuration_set} have more than "
                    f"{FILTERS} contacts together, and SNS takes no more filters in a topic",
                )


def _delivery_logs(mail: list[MailItems]) -> Iterator[Problem]:
    rules: Counter[str] = Counter()
    policies: Counter[str] = Counter()
    for items in mail:
        logged = [name for name, item in items.senders.items() if item.declared.delivery_logs]
        policies[items.region] += bool(logged)
        most = FEWER_EVENT_RULES.get(items.region, EVENT_RULES)
        for name in logged:
            path = ("mail", "senders", name, "delivery_logs")
            rules[items.region] += 1
            if rules[items.region] > most:
                message = f"false: {items.region} has {most} senders with delivery logs"
                yield Problem(path, f"{message}, and EventBridge takes no more rules")
            elif policies[items.region] > LOG_POLICIES:
                message = f"false: {LOG_POLICIES} stacks in {items.region} have delivery logs"
                yield Problem(path, f"{message}, and CloudWatch Logs takes no more policies")


def _trust(settings: Settings, items: AccessItems) -> Iterator[Problem]:
    for role in items.roles.values():
        statements = [*_statements(settings, items, role.trust)]
        length = _length({"Statement": statements, "Version": "2012-10-17"})
        if length > TRUST:
            yield Problem(
                role.path,
                f"trusted by fewer: its trust policy has {length:,} characters, and IAM takes "
                f"{TRUST:,}",
                key=True,
            )


def _statements(
    settings: Settings, items: AccessItems, trust: Trust
) -> Iterator[dict[str, object]]:
    """Yield the statements of a role's trust policy, as its construct writes them."""
    hosts: dict[str, Callable[[Trust], tuple[str, ...]]] = {
        "token.actions.githubusercontent.com": lambda trust: trust.github,
        items.access.gitlab_host: lambda trust: trust.gitlab,
    }
    for host, subjects in hosts.items():
        if subjects(trust):
            audience = {f"{host}:aud": f"https://{host}", f"{host}:sub": [*subjects(trust)]}
            yield {
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": audience},
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{settings.account}:oidc-provider/{host}"},
            }
    for principal in trust.principals:
        session = {"StringEquals": {"sts:RoleSessionName": principal.rpartition("/")[2]}}
        yield {
            "Action": "sts:AssumeRole",
            "Condition": session if ":user/" in principal else {},
            "Effect": "Allow",
            "Principal": {"AWS": principal},
        }
