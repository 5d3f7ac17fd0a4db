"""IAM users that send mail, written as senders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runbook.adopt.account import Account
from runbook.adopt.item import Item, Live, Remark
from runbook.adopt.policies import Held, held, keys, listed

SEND = "ses:SendRawEmail"
MOST_KEYS = 2
FROM = "ses:FromAddress"
RECIPIENTS = "ses:Recipients"


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
        sending = [item for item in held(account, user) if item.allows(SEND)]
        if sending and not any(item.allows("iam:CreateUser") for item in sending):
            yield _sender(account, user, sending, register)


def _sender(account: Account, user: Live, sending: list[Held], register: Register) -> Item:
    name = user.identifier
    path = ("mail", "senders", name)
    # The keys of a stack's own user are its stack's: two of them while one is renewed.
    ours = account.owner(user) is not None
    found = () if ours else keys(account, name)
    remarks = () if ours else tuple(_kept(name, found, sending))
    if len(found) >= MOST_KEYS:
        ids = ", ".join(key["AccessKeyId"] for key in found)
        reason = f"it has two access keys, {ids}: delete one, Groundwork's own takes its place"
        remark = Remark(f"user {name} ({account.user_arn(name)})", reason)
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
    }
    recipients = sorted(_conditioned(sending, RECIPIENTS))
    if recipients:
        declared["only_to"] = recipients
    said = {key: value for key, value in declared.items() if value is not None}
    return Item(path, account.region, said, (user,), remarks)


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


def _kept(name: str, found: Sequence[dict[str, str]], sending: list[Held]) -> Iterator[Remark]:
    for key in found:
        yield Remark(
            f"access key {key['AccessKeyId']} of {name}",
            "it is kept and goes on working; Groundwork makes the second key, the last that IAM "
            "allows. Delete this one when nothing uses it any more",
        )
    for policy in sorted({item.policy for item in sending}):
        yield Remark(
            f"policy {policy} of {name}",
            "it stays beside Groundwork's own, and allows what it allows: remove it once the "
            "sender works without it",
        )
