"""IAM users that send mail, written as senders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark
from runbook.adopt.policies import KEPT, MOST_KEYS, Held, allowing, held, keys, listed

SEND = "ses:SendRawEmail"
FROM = "ses:FromAddress"
RECIPIENTS = "ses:Recipients"
TENANT = "ses:TenantName"


@dataclass(frozen=True)
class Register:
    """What the register asks of a sender and no account knows."""

    contact: str
    cost_center: str
    approval: str
    daily: int = 200
    monthly: int = 6000


def items(account: Account, register: Register) -> Iterator[Item]:
    """Yield a sender for each user that may send mail and little else."""
    for user in account.each("AWS::IAM::User"):
        has = [*held(account, user)]
        sending = [item for item in has if item.allows(SEND)]
        if sending and not any(item.allows("iam:CreateUser") for item in sending):
            yield _sender(account, user, has, register)


def _sender(account: Account, user: Live, has: list[Held], register: Register) -> Item:
    name = user.identifier
    path = ("mail", "senders", name)
    sending = [item for item in has if item.allows(SEND)]
    # The keys of a stack's own user are its stack's: two of them while one is renewed.
    ours = account.owner(user) is not None
    found = () if ours else keys(account, name)
    subject = named(account, user)
    remarks = () if ours else tuple(_kept(subject, found, has))
    if len(found) >= MOST_KEYS:
        ids = ", ".join(key["AccessKeyId"] for key in found)
        reason = f"it has two access keys, {ids}: delete one, Groundwork's own takes its place"
        remark = Remark(f"user {subject}", reason)
        return Item(path, account.region, None, remarks=(remark,))
    declared = {
        "regions": [account.region],
        "from": sorted(_conditioned(sending, FROM)) or _anywhere(account),
        "category": "system",
        "contact": register.contact,
        "cost_center": register.cost_center,
        "approval": register.approval,
        "volume": {"daily": register.daily, "monthly": register.monthly},
        "configuration_set": _configuration_set(account),
        "tenant": _tenant(account, sending),
    }
    recipients = sorted(_conditioned(sending, RECIPIENTS))
    if recipients:
        declared["only_to"] = recipients
    said = {key: value for key, value in declared.items() if value is not None}
    return Item(path, account.region, said, (user,), remarks, arn_of(account, user))


def _conditioned(sending: list[Held], key: str) -> set[str]:
    return {
        value
        for item in sending
        for operator in item.statement.get("Condition", {}).values()
        for name, values in operator.items()
        if name.lower() == key.lower()
        for value in listed(values)
    }


def _anywhere(account: Account) -> list[str]:
    """Name the domains of a sender whose policy does not say as whom it sends."""
    identities = [live.identifier for live in account.each("AWS::SES::EmailIdentity")]
    domains = [f"*@{name}" for name in identities if "@" not in name]
    return domains or [name for name in identities if "@" in name]


def _configuration_set(account: Account) -> str | None:
    """Name the only set. Of several, the identity's own is taken unless the file names one."""
    found = [live.identifier for live in account.each("AWS::SES::ConfigurationSet")]
    return found[0] if len(found) == 1 else None


def _tenant(account: Account, sending: list[Held]) -> str | None:
    """Name the tenant that a policy keeps the sender to."""
    known = {live.identifier for live in account.each("AWS::SES::Tenant")}
    return next(iter(sorted(_conditioned(sending, TENANT) & known)), None)


def _kept(subject: str, found: Sequence[dict[str, str]], has: list[Held]) -> Iterator[Remark]:
    for key in found:
        yield Remark(
            f"access key {key['AccessKeyId']} of {subject}",
            KEPT,
        )
    for policy in sorted({item.policy for item in has if item.allows(SEND)}):
        allowed = allowing(item for item in has if item.policy == policy)
        yield Remark(
            f"policy {policy} of {subject}",
            f"it stays beside Groundwork's own, and allows {allowed}: remove it once the sender "
            "works without it",
        )
