"""An identity's bounces and complaints, sent to a topic with the original headers."""

from __future__ import annotations

from typing import Any

import boto3

from . import cloudformation, ses
from .cloudformation import Event, Failure
from .memory import Found, Memory

KINDS = ("Bounce", "Complaint")


def handle(event: Event, context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, event["ResourceProperties"]["Identity"], _apply)


def _apply(event: Event) -> None:
    properties = event["ResourceProperties"]
    memory = Memory(boto3.client("ssm"), properties["Memory"])
    email = ses.paced(boto3.client("ses", config=ses.PATIENT))
    identity, topic = properties["Identity"], properties["Topic"]
    if event["RequestType"] == "Delete":
        restore(email, memory, identity, topic)
    else:
        connect(email, memory, identity, topic)


def connect(email: Any, memory: Memory, identity: str, topic: str) -> None:
    """Send both kinds of feedback to the topic.

    The topic comes first: headers are a property of it. SES refuses a topic to which it may not
    publish.
    """
    found = read(email, identity)
    if found is None:
        raise Failure(f"SES has no identity {identity}: it was deleted outside CloudFormation")
    memory.keep(found)
    advice = f"The policy of {topic} must let ses.amazonaws.com publish for {identity}."
    with ses.advising(advice):
        for kind in KINDS:
            _write(email, identity, kind, topic, headers=True)


def restore(email: Any, memory: Memory, identity: str, topic: str) -> None:
    """Put back what was found, where nobody has changed it since.

    A topic that is as before already was put back by a run that ended before the headers.
    """
    before, now = memory.recall(), read(email, identity)
    if before and now:
        for kind in KINDS:
            if now[kind]["topic"] in (topic, before[kind]["topic"]):
                _write(email, identity, kind, **before[kind])
    memory.forget()


def read(email: Any, identity: str) -> Found | None:
    """Return the topics of an identity, and whether they get headers; None without the identity."""
    answer = email.get_identity_notification_attributes(Identities=[identity])
    attributes = answer["NotificationAttributes"].get(identity)
    if attributes is None:
        return None
    return {
        kind: {
            "topic": attributes.get(f"{kind}Topic"),
            "headers": attributes.get(f"HeadersIn{kind}NotificationsEnabled", False),
        }
        for kind in KINDS
    }


def _write(email: Any, identity: str, kind: str, topic: str | None, *, headers: bool) -> None:
    named = {"SnsTopic": topic} if topic else {}
    email.set_identity_notification_topic(Identity=identity, NotificationType=kind, **named)
    email.set_identity_headers_in_notifications_enabled(
        Identity=identity, NotificationType=kind, Enabled=headers
    )
