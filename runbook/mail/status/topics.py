"""Whether the people in the file are subscribed to its topics, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from runbook.mail.status.finding import Finding, attention, note, some
from runbook.mail.status.place import Place

TITLE = "Topics"
PENDING = "PendingConfirmation"
AGAIN = "Take the address out of the file, deploy, put it back and deploy."


def findings(place: Place) -> Iterator[Finding]:
    """Yield what there is to say of each topic of a region."""
    contacts = _contacts(place)
    for name, topic in place.items.topics.items():
        declared = dict.fromkeys((*topic.subscribers, *contacts.get(name, ())))
        deployed = _subscriptions(place, name)
        if deployed is None:
            yield attention(name, "not in SNS", "Deploy the file: groundwork changes prepare")
        else:
            yield from compare(name, [*declared], deployed)


def compare(name: str, declared: list[str], deployed: Mapping[str, str]) -> Iterator[Finding]:
    """Compare the declared subscribers with those of SNS, each with the ARN of its subscription."""
    pending = [address for address in declared if deployed.get(address) == PENDING]
    missing = [address for address in declared if address not in deployed]
    others = [address for address in deployed if address not in declared]
    if pending:
        yield attention(
            name,
            f"not confirmed by {some(pending)}: they are told nothing",
            "They open the link in the mail of AWS Notifications within two days. After that: "
            + AGAIN,
        )
    if missing:
        yield attention(name, f"no longer subscribed: {some(missing)}", AGAIN)
    if others:
        yield attention(
            name,
            f"subscribed beside the file: {some(others)}",
            "Add them to the file, or end their subscriptions: aws sns unsubscribe",
        )
    if not declared:
        yield note(
            name,
            "nobody is subscribed",
            "Add notify to what publishes here. For mail-alarms that is mail.notify.",
        )
    elif not (pending or missing or others):
        yield Finding(name, f"subscribed: {some(declared)}")


def _contacts(place: Place) -> dict[str, list[str]]:
    """Return who is told of the bounces of single senders, by topic."""
    found: dict[str, list[str]] = {}
    for items in place.senders.values():
        for sender in items.senders.values():
            if sender.declared.bounces_to:
                found.setdefault(sender.bounces, []).extend(sender.declared.bounces_to)
    return found


def _subscriptions(place: Place, topic: str) -> dict[str, str] | None:
    """Return the subscriptions of a topic by endpoint; None where there is no such topic.

    Somebody may be subscribed twice: a confirmed subscription counts.
    """
    pages = place.sns.get_paginator("list_subscriptions_by_topic").paginate(
        TopicArn=place.topic(topic)
    )
    try:
        found = [each for page in pages for each in page["Subscriptions"]]
    except place.sns.exceptions.NotFoundException:
        return None
    return _confirmed_last((each["Endpoint"], each["SubscriptionArn"]) for each in found)


def _confirmed_last(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(found, key=lambda each: each[1] != PENDING))
