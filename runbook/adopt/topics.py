"""Topics and their subscriptions, as an account has them."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.adopt.account import Account
from runbook.adopt.item import Live, Remark


def topic(account: Account, arn: str) -> Iterator[Live]:
    """Yield a topic whose name is ours, and its confirmed subscriptions by e-mail."""
    within = f"topics/{arn.rpartition(':')[2]}"
    found = account.named("AWS::SNS::Topic", arn, within)
    if found:
        yield found
    yield from account.below("AWS::SNS::Subscription", within, TopicArn=arn, Protocol="email")


def subscribers(account: Account, arn: str) -> list[str]:
    """Return the addresses subscribed to a topic, those that have not confirmed among them."""
    found = account.subscriptions(arn)
    return sorted({item["Endpoint"] for item in found if item["Protocol"] == "email"})


def unconfirmed(account: Account, arn: str) -> tuple[Remark, ...]:
    """Name subscriptions that the file cannot have: of other protocols, or not confirmed."""
    remarks = []
    for item in account.subscriptions(arn):
        who = f"{item['Endpoint']} ({item['Protocol']}) at {arn}"
        if item["Protocol"] != "email":
            remarks.append(Remark(who, "Groundwork subscribes e-mail addresses only: it stays"))
        elif not item["SubscriptionArn"].startswith("arn:"):
            remarks.append(Remark(who, "the subscription is not confirmed: it is made again"))
    return tuple(remarks)
