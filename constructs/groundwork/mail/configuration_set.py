"""A configuration set: how its mail is treated, and which of its events are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ses as ses
from constructs import Construct

from groundwork.kit import NotificationTopic, arn_in_stack
from groundwork.mail.alarms import SENDER
from settings.models.mail import ConfigurationSet, EventType

EVENTS: Mapping[EventType, str] = {
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

LOGGED: tuple[EventType, ...] = (
    "send",
    "delivery",
    "delivery-delay",
    "bounce",
    "complaint",
    "reject",
    "rendering-failure",
)


Destination = ses.CfnConfigurationSetEventDestination


class SesConfigurationSet(Construct):
    """A configuration set under its own name, with the declared events sent to a topic.

    `suppression` is what puts a recipient on the suppression list: it overrules the account's
    setting, and `None` leaves that setting to rule.
    <https://docs.aws.amazon.com/ses/latest/dg/using-configuration-sets.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        declared: ConfigurationSet,
        suppression: Sequence[str],
        topic: NotificationTopic,
    ) -> None:
        super().__init__(scope, construct_id)
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
            suppression_options=ses.CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[reason.upper() for reason in suppression]
            ),
        )
        self._notify("events", declared.events, topic)

    def publish_bounces(self, topic: NotificationTopic) -> None:
        """Send every bounce to a topic, where each sender's contacts take their own."""
        self._notify("bounces", ["bounce"], topic)

    def count_by_sender(self) -> None:
        """Count what is sent as CloudWatch's metric `Send` of each sender."""
        dimension = Destination.DimensionConfigurationProperty(
            dimension_name=SENDER,
            dimension_value_source="messageTag",
            default_dimension_value="unknown",
        )
        self._publish(
            "counts",
            ["send"],
            cloud_watch_destination=Destination.CloudWatchDestinationProperty(
                dimension_configurations=[dimension]
            ),
        )

    def log_events(self) -> None:
        """Send what becomes of each message to the default event bus, for delivery logs."""
        bus = arn_in_stack(self, "events", "event-bus/default")
        self._publish(
            "logs",
            LOGGED,
            event_bridge_destination=Destination.EventBridgeDestinationProperty(event_bus_arn=bus),
        )

    def _notify(self, name: str, events: Sequence[EventType], topic: NotificationTopic) -> None:
        destination = self._publish(
            name,
            events,
            sns_destination=Destination.SnsDestinationProperty(topic_arn=topic.arn),
        )
        # SES publishes a test message first, for which it needs the topic's policy.
        destination.node.add_dependency(topic.topic)

    def _publish(
        self,
        name: str,
        events: Sequence[EventType],
        *,
        sns_destination: Destination.SnsDestinationProperty | None = None,
        cloud_watch_destination: Destination.CloudWatchDestinationProperty | None = None,
        event_bridge_destination: Destination.EventBridgeDestinationProperty | None = None,
    ) -> Destination:
        return Destination(
            self,
            name,
            configuration_set_name=self.configuration_set.ref,
            event_destination=Destination.EventDestinationProperty(
                name=name,
                enabled=True,
                matching_event_types=[EVENTS[event] for event in events],
                sns_destination=sns_destination,
                cloud_watch_destination=cloud_watch_destination,
                event_bridge_destination=event_bridge_destination,
            ),
        )
