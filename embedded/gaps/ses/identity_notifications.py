"""What SES tells an identity's topics: deliveries, bounces and complaints."""

from __future__ import annotations

from embedded.gaps._ministack import Properties, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._mail import Mail, arn, describe, headers, outcomes
from embedded.gaps.ses._send import Send, after_sending, identity_of
from embedded.gaps.ses.event_publishing import publish

GAP = Gap(
    aws=(
        "Notifications of both APIs' messages have the original headers where that is enabled. A "
        "topic that SES may not publish to is dropped, and forwarding is on again."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html",
    ministack="It notifies of the first API's messages only, without headers, on any topic.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Notify in place of ministack."""
    service("ses")._send_notifications = lambda *_: None
    after_sending(_notify)


def _notify(send: Send, message_id: str, caller: str) -> None:
    name, _ = identity_of(send.sender)
    identity = service("ses")._identities.get(name)
    if identity is None:
        return
    common = describe(send, message_id) | {"sourceIp": "127.0.0.1", "callerIdentity": caller}
    for recipient in send.recipients:
        for kind, details in outcomes(send, recipient):
            enabled = identity.get("HeadersInNotifications", {}).get(kind, False)
            mail = common | (headers(send, message_id) if enabled else {})
            _publish(identity, name, kind, {"notificationType": kind, "mail": mail, **details})


def _publish(identity: Properties, name: str, kind: str, notification: Mail) -> None:
    topic = identity["NotificationTopics"].get(kind)
    subject = "Amazon SES Email Event Notification"
    if topic and not publish(topic, notification, arn(f"identity/{name}"), subject):
        identity["NotificationTopics"][kind] = ""
        identity["FeedbackForwardingEnabled"] = True
