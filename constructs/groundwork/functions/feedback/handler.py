"""An identity's bounces and complaints, sent to a topic with the original headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

import boto3

from ..shared import cloudformation, ses, setting
from ..shared.cloudformation import Event, Failure
from ..shared.retry import retry_until_allowed
from ..shared.setting import SettingProperties

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

Kind = Literal["Bounce", "Complaint"]
KINDS: tuple[Kind, ...] = ("Bounce", "Complaint")


class Properties(SettingProperties):
    """What the request asks for."""

    Identity: str
    Topic: str


class Destination(TypedDict):
    """Where one kind goes, and whether with the original headers."""

    topic: str | None
    headers: bool


class State(TypedDict):
    """Where each kind went."""

    Bounce: Destination
    Complaint: Destination


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, event["ResourceProperties"]["Identity"], _apply)


def _apply(event: Event[Properties]) -> None:
    email = retry_until_allowed(ses.rate_limited(boto3.client("ses", config=ses.RETRIES)))
    asked = event["ResourceProperties"]
    setting.handle(event, FeedbackTopic(email, asked["Identity"], asked["Topic"]))


class FeedbackTopic:
    """A topic as the place for both kinds of an identity's feedback."""

    def __init__(self, email: SESClient, identity: str, topic: str) -> None:
        self.email, self.identity, self.topic = email, identity, topic

    def read(self) -> State:
        """Return each kind's topic, and whether it gets headers."""
        found = self._read()
        if found is None:
            raise Failure(f"SES has no identity {self.identity}: deleted outside CloudFormation")
        return found

    def apply(self) -> None:
        """Send both kinds to the topic. SES refuses one to which it may not publish."""
        advice = f"The policy of {self.topic} must let ses.amazonaws.com publish for"
        with ses.explain_refusal(f"{advice} {self.identity}."):
            for kind in KINDS:
                self._write(kind, self.topic, headers=True)

    def restore(self, state: State) -> None:
        """Put back each kind's topic, where nobody has changed it since.

        A topic that is as before already was put back by a run that ended before the headers.
        """
        now = self._read()
        if now is None:
            return
        for kind in KINDS:
            if now[kind]["topic"] in (self.topic, state[kind]["topic"]):
                self._write(kind, **state[kind])

    def _read(self) -> State | None:
        answer = self.email.get_identity_notification_attributes(Identities=[self.identity])
        found = answer["NotificationAttributes"].get(self.identity)
        if found is None:
            return None
        return {
            "Bounce": {
                "topic": found.get("BounceTopic"),
                "headers": found.get("HeadersInBounceNotificationsEnabled", False),
            },
            "Complaint": {
                "topic": found.get("ComplaintTopic"),
                "headers": found.get("HeadersInComplaintNotificationsEnabled", False),
            },
        }

    def _write(self, kind: Kind, topic: str | None, *, headers: bool) -> None:
        """Set the topic first: headers are a property of it. No topic at all removes it."""
        if topic:
            self.email.set_identity_notification_topic(
                Identity=self.identity, NotificationType=kind, SnsTopic=topic
            )
        else:
            self.email.set_identity_notification_topic(
                Identity=self.identity, NotificationType=kind
            )
        self.email.set_identity_headers_in_notifications_enabled(
            Identity=self.identity, NotificationType=kind, Enabled=headers
        )
