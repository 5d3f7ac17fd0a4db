"""Configuration sets and their event destinations, as an account has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runbook.adopt import topics
from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark, without_defaults
from settings.models.mail import ConfigurationSet
from settings.models.topics import feedback_topic

SET = "AWS::SES::ConfigurationSet"
EVENTS = {
    "reject": "reject",
    "deliveryDelay": "delivery-delay",
    "renderingFailure": "rendering-failure",
    "send": "send",
    "delivery": "delivery",
    "bounce": "bounce",
    "complaint": "complaint",
    "open": "open",
    "click": "click",
    "subscription": "subscription",
}
"""CloudFormation's words for events, and the file's."""


def items(account: Account) -> Iterator[Item]:
    """Yield every configuration set, with what it publishes."""
    for live in account.each(SET):
        yield _configuration_set(account, live)


def _configuration_set(account: Account, live: Live) -> Item:
    name, said = live.identifier, live.properties
    destinations = [*account.below("AWS::SES::ConfigurationSetEventDestination", "")]
    ours = [item for item in destinations if item.properties["ConfigurationSetName"] == name]
    told = [item for item in ours if _sns(item)]
    # A sender's bounces have a destination of their own in the set, once it is deployed.
    ours_first = [item for item in told if item.identifier.endswith("|events")]
    events = next(iter((*ours_first, *told)), None)
    declared, resources, remarks = _events(account, name, events) if events else ({}, (), ())
    remarks += tuple(
        Remark(_destination(account, item), "the file cannot say it: it stays as it is")
        for item in ours
        if item is not events
    )
    remarks += tuple(_unsaid(named(account, live), said))
    reasons = said.get("SuppressionOptions", {}).get("SuppressedReasons")
    declared |= {
        "suppression": None if reasons is None else sorted(r.lower() for r in reasons),
        "require_tls": said.get("DeliveryOptions", {}).get("TlsPolicy") == "REQUIRE",
    }
    return Item(
        ("mail", "configuration_sets", name),
        account.region,
        {"regions": [account.region], **without_defaults(ConfigurationSet, declared)},
        (live, *resources),
        remarks,
        arn_of(account, live),
    )


LOOK = "look whether it is still so once the next review is executed"


def _unsaid(subject: str, said: Mapping[str, Any]) -> Iterator[Remark]:
    """Name what a set does that the file has no word for. SES sets the delivery's options whole."""
    delivery = said.get("DeliveryOptions", {})
    stays = {
        "it archives mail in": said.get("ArchivingOptions", {}).get("ArchiveArn"),
        "its links lead through": said.get("TrackingOptions", {}).get("CustomRedirectDomain"),
    }
    ends = {
        "it is paused": said.get("SendingOptions", {}).get("SendingEnabled") is False,
        "it sends from the pool": delivery.get("SendingPoolName"),
        "it delivers within (seconds)": delivery.get("MaxDeliverySeconds"),
    }
    for known, reason in ((stays, LOOK), (ends, "the next review ends that")):
        for what, value in known.items():
            if value:
                more = "" if value is True else f" {value}"
                yield Remark(subject, f"{what}{more}, which the file cannot say: {reason}")


def _destination(account: Account, destination: Live) -> str:
    """Name an event destination. It has no ARN of its own: its configuration set has."""
    name, _, own = destination.identifier.partition("|")
    arn = account.arn("ses", f"configuration-set/{name}")
    return f"event destination {own} of {name} ({arn})"


def _sns(destination: Live) -> str | None:
    arn = destination.properties["EventDestination"].get("SnsDestination", {}).get("TopicARN")
    return str(arn) if arn else None


def _events(
    account: Account, name: str, destination: Live
) -> tuple[dict[str, Any], tuple[Live, ...], tuple[Remark, ...]]:
    """Return what the file says of the destination that tells people of events."""
    said, arn = destination.properties["EventDestination"], _sns(destination) or ""
    events = [word for kind, word in EVENTS.items() if kind in said["MatchingEventTypes"]]
    declared: dict[str, Any] = {"events": events}
    short = arn.rpartition(":")[2]
    addresses = [item.identifier for item in account.each("AWS::SES::EmailIdentity")]
    address = next((a for a in addresses if "@" in a and feedback_topic(a) == short), None)
    resources: tuple[Live, ...] = ()
    remarks: tuple[Remark, ...] = ()
    if address:
        declared["topic"] = address
    elif short == f"{name}-events":
        resources += tuple(topics.topic(account, arn))
        declared["notify"] = topics.subscribers(account, arn)
    else:
        declared["notify"] = topics.subscribers(account, arn)
        remarks += (Remark(arn, f"events of {name} go there; Groundwork makes {name}-events"),)
    if destination.identifier.rpartition("|")[2] == "events":
        return declared, (*resources, destination._replace(within="")), remarks
    remark = Remark(
        _destination(account, destination),
        "Groundwork makes the event destination `events`: remove this one when that is deployed, "
        "or events arrive twice",
    )
    return declared, resources, (*remarks, remark)
