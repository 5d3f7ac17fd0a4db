"""A configuration set: how mail sent through it is treated, and which of its events are told."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ses as ses
from constructs import Construct

from groundwork.mail.topic import NotificationTopic
from settings.mail import ConfigurationSet as Declared

EVENTS = {
    "reject": "reject",
    "delivery-delay": "deliveryDelay",
    "rendering-failure": "renderingFailure",
    "send": "send",
    "delivery": "delivery",
    "bounce": "bounce",
    "complaint": "complaint",
    "open": "open",
    "click": "click",
    "subscription": "subscription",
}


class ConfigurationSet(Construct):
    """A configuration set under its own name, with the declared events sent to a topic.

    `suppression` is what puts a recipient on the suppression list: it overrules the account's
    setting, and `None` leaves that setting to rule.
    <https://docs.aws.amazon.com/ses/latest/dg/using-configuration-sets.html>
    """

    def __init__(
        self,
        scope: Construct,
        identifier: str,
        *,
        name: str,
        declared: Declared,
        suppression: Sequence[str] | None,
        topic: NotificationTopic,
    ) -> None:
        super().__init__(scope, identifier)
        self.configuration_set = ses.CfnConfigurationSet(
            self,
            "configuration-set",
            name=name,
            delivery_options=ses.CfnConfigurationSet.DeliveryOptionsProperty(
                tls_policy="REQUIRE" if declared.require_tls else "OPTIONAL"
            ),
            reputation_options=ses.CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True
            ),
            sending_options=ses.CfnConfigurationSet.SendingOptionsProperty(sending_enabled=True),
            suppression_options=None
            if suppression is None
            else ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[reason.upper() for reason in suppression]
            ),
        )
        self._publish("events", declared.events, topic)

    def _publish(self, identifier: str, events: Sequence[str], topic: NotificationTopic) -> None:
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            identifier,
            configuration_set_name=self.configuration_set.ref,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                name=identifier,
                enabled=True,
                matching_event_types=[EVENTS[event] for event in events],
                sns_destination=ses.CfnConfigurationSetEventDestination.SnsDestinationProperty(
                    topic_arn=topic.arn
                ),
            ),
        )
        # SES publishes a test message first, for which it needs the topic's policy.
        destination.node.add_dependency(topic.topic)
