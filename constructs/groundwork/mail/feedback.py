"""Bounces and complaints of an identity, sent to a topic."""

from __future__ import annotations

from constructs import Construct, IConstruct

from groundwork.kit import NotificationTopic, SettingFunction
from groundwork.mail.account_calls import allow_account_calls
from settings.contract import CustomType
from settings.models.topics import feedback_topic


class Feedback(Construct):
    """Sends an identity's bounces and complaints to a topic, with the message's own headers.

    CloudFormation has no resource for it. When an identity leaves the file, or its topic does,
    what SES did with its feedback before is put back. E-mail forwarding of feedback stays on: it
    is where SES turns when a topic is gone.
    <https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html>
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._function = SettingFunction(
            self,
            "function",
            runs="feedback",
            description="Sends bounces and complaints of identities to topics",
        )
        allow_account_calls(
            self._function,
            "GetIdentityNotificationAttributes",
            "SetIdentityNotificationTopic",
            "SetIdentityHeadersInNotificationsEnabled",
        )
        self._last: IConstruct | None = None

    def send(self, name: str, *, identity: IConstruct, topic: NotificationTopic) -> None:
        """Send the feedback of one identity to a topic, after those before it: SES is slow."""
        made = self._function.setting(
            self,
            name,
            resource_type=CustomType.IDENTITY_FEEDBACK,
            properties={
                "Identity": name,
                "Topic": topic.arn,
            },
            saved_as=feedback_topic(name),
        )
        made.node.add_dependency(identity, topic.topic, *([self._last] if self._last else []))
        self._last = made
