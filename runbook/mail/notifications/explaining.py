"""A notification in plain words: what each of its values says, and what to do about it.

AWS adds fields and values whenever it likes, so that nothing in a notification is taken for
granted: a value that the tables do not have is shown, and said to be unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from runbook.mail.notifications import recipients
from runbook.mail.notifications.bounces import BOUNCES, TYPES
from runbook.mail.notifications.complaints import FEEDBACK_TYPES, NEW, SUBTYPES
from runbook.mail.notifications.events import (
    ALARMS,
    DELAYS,
    EVENTS,
    REJECTS,
    RENDERING_FAILURE,
)
from runbook.mail.notifications.meaning import Meaning
from runbook.mail.notifications.points import Point, members, point, text
from runbook.mail.notifications.recipients import Recipient

UNKNOWN = "Groundwork does not know this kind of notification; AWS adds kinds."


@dataclass(frozen=True)
class Explanation:
    """One notification, explained. `counts` says whether it counts towards the bounce rate."""

    event: str
    meaning: str
    known: bool
    sent: str
    source: str
    subject: str
    message_id: str
    points: tuple[Point, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    counts: bool | None = None
    advice: tuple[str, ...] = field(default=())


def explain(notification: Mapping[str, object]) -> Explanation:
    """Explain a notification. Whatever it holds, this raises nothing."""
    event = _kind(notification)
    known = EVENTS.get(event)
    mail = members(notification, "mail")
    points = tuple(POINTS[event](notification)) if event in POINTS else ()
    concerned = tuple(recipients.of(notification, event, mail))
    inner = [point for recipient in concerned for point in recipient.points]
    advice = [known.advice if known else "", *(each.advice for each in (*points, *inner))]
    return Explanation(
        event=event,
        meaning=known.text if known else UNKNOWN,
        known=known is not None and all(each.known for each in (*points, *inner)),
        sent=text(mail, "timestamp") or text(notification, "Timestamp"),
        source=text(mail, "source"),
        subject=text(members(mail, "commonHeaders"), "subject"),
        message_id=text(mail, "messageId"),
        points=points,
        recipients=concerned,
        counts=_counts(notification, event),
        advice=tuple(dict.fromkeys(filter(None, advice))),
    )


def _kind(notification: Mapping[str, object]) -> str:
    if "AlarmName" in notification:
        return "Alarm"
    names = ("eventType", "notificationType", "Type")
    return next((text(notification, name) for name in names if name in notification), "")


def _bounce(notification: Mapping[str, object]) -> Iterator[Point]:
    bounce = members(notification, "bounce")
    if bounce.get("reportedByMail"):
        return
    kind, subtype = text(bounce, "bounceType"), text(bounce, "bounceSubType")
    known = BOUNCES.get((kind, subtype))
    if known:
        yield Point("bounce", f"{kind}, {subtype}", known.text, known.advice)
        return
    general = TYPES.get(kind, Meaning("AWS has not documented this type."))
    if subtype:
        general = Meaning(f"{general.text} Groundwork does not know the subtype.", general.advice)
    yield Point("bounce", f"{kind}, {subtype}".strip(", "), *general, known=False)


def _counts(notification: Mapping[str, object], event: str) -> bool | None:
    bounce = members(notification, "bounce")
    named = text(bounce, "bounceType"), text(bounce, "bounceSubType")
    return BOUNCES[named].counts if event == "Bounce" and named in BOUNCES else None


def _complaint(notification: Mapping[str, object]) -> Iterator[Point]:
    complaint = members(notification, "complaint")
    kind = text(complaint, "complaintFeedbackType")
    if subtype := text(complaint, "complaintSubType"):
        yield point("complaint", subtype, SUBTYPES)
    elif kind not in ("not-spam", "auth-failure"):
        yield Point("complaint", "", *NEW)
    if kind:
        yield point("feedback", kind, FEEDBACK_TYPES)
    if agent := text(complaint, "userAgent"):
        yield Point("reported by", agent)


def _delay(notification: Mapping[str, object]) -> Iterator[Point]:
    delay = members(notification, "deliveryDelay")
    if kind := text(delay, "delayType"):
        yield point("delay", kind, DELAYS)
    if until := text(delay, "expirationTime"):
        yield Point("tried until", until)


def _reject(notification: Mapping[str, object]) -> Iterator[Point]:
    yield point("reason", text(members(notification, "reject"), "reason"), REJECTS)


def _rendering_failure(notification: Mapping[str, object]) -> Iterator[Point]:
    failure = members(notification, "failure")
    yield Point("template", text(failure, "templateName"), *RENDERING_FAILURE)
    yield Point("error", text(failure, "errorMessage"))


def _delivery(notification: Mapping[str, object]) -> Iterator[Point]:
    delivery = members(notification, "delivery")
    yield Point("answer", text(delivery, "smtpResponse"))
    yield Point("sent by", text(delivery, "reportingMTA"))


def _click(notification: Mapping[str, object]) -> Iterator[Point]:
    yield Point("link", text(members(notification, "click"), "link"))


def _subscription(notification: Mapping[str, object]) -> Iterator[Point]:
    subscription = members(notification, "subscription")
    yield Point("contacts", text(subscription, "contactList"))
    if members(subscription, "newTopicPreferences").get("unsubscribeAll") is True:
        yield Point("wish", "no more mail at all", advice="Stop sending to this recipient.")


def _of_sns(notification: Mapping[str, object]) -> Iterator[Point]:
    yield Point("topic", text(notification, "TopicArn"))


def _alarm(notification: Mapping[str, object]) -> Iterator[Point]:
    yield Point("alarm", text(notification, "AlarmDescription") or text(notification, "AlarmName"))
    state = text(notification, "NewStateValue")
    yield Point("state", state, text(notification, "NewStateReason"))
    known = ALARMS.get(text(members(notification, "Trigger"), "MetricName"))
    if known and state == "ALARM":
        yield Point("meaning", "", *known)


POINTS: dict[str, Callable[[Mapping[str, object]], Iterator[Point]]] = {
    "Alarm": _alarm,
    "Bounce": _bounce,
    "Click": _click,
    "Complaint": _complaint,
    "Delivery": _delivery,
    "DeliveryDelay": _delay,
    "Reject": _reject,
    "Rendering Failure": _rendering_failure,
    "Subscription": _subscription,
    "SubscriptionConfirmation": _of_sns,
    "UnsubscribeConfirmation": _of_sns,
}
