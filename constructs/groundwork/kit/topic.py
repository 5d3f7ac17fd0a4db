"""A topic through which people are told by e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from groundwork.kit.arns import arn_in_stack


class NotificationTopic(Construct):
    """A Standard topic with e-mail subscriptions, to which only the services allowed may publish.

    Neither SES nor CloudWatch publishes to a topic under the AWS-managed key, and SES takes no FIFO
    topic; what passes here leaves as plain e-mail and is not kept, so that a key of our own would
    guard nothing.

    A subscription's construct is named after the e-mail address, and nothing of it ever changes:
    adding an address, or reordering them, never makes a subscriber confirm again, and a deployment
    does not fail on a subscription that somebody ended by the link in a message.
    <https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        subscribers: Iterable[str],
        name: str | None = None,
        display_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(
            self, "topic", topic_name=name, display_name=display_name, enforce_ssl=True
        )
        self.arn = self.topic.topic_arn
        for address in subscribers:
            sns.CfnSubscription(
                self, address, topic_arn=self.arn, protocol="email", endpoint=address
            )

    def allow_alarms(self, *names: str) -> None:
        """Let the account's alarms of these names in the stack's region publish; all, without any.

        Once for a topic: its policy has one statement for alarms.
        """
        alarms = [arn_in_stack(self, "cloudwatch", f"alarm:{name}") for name in names or ("*",)]
        source = alarms if len(alarms) > 1 else alarms[0]
        self._allow("AlarmsPublish", "cloudwatch.amazonaws.com", "ArnLike", source)

    def allow_events(self) -> None:
        """Let the rules of EventBridge publish, which come from this account alone.

        EventBridge documents the permission without a condition on the rule or the account.
        <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions>
        """
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventsPublish",
                actions=["sns:Publish"],
                resources=[self.arn],
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
            )
        )

    def allow_ses(self, sources: Sequence[str]) -> None:
        """Let SES publish what concerns these identities and configuration sets, by ARN.

        Where SES may not publish, it drops the topic from the identity without a word.
        <https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html>
        """
        self._allow("SesPublishes", "ses.amazonaws.com", "StringEquals", [*sources])

    def _allow(self, sid: str, service: str, operator: str, source: str | list[str]) -> None:
        conditions: dict[str, dict[str, str | list[str]]] = {
            "StringEquals": {"aws:SourceAccount": Stack.of(self).account}
        }
        conditions.setdefault(operator, {})["aws:SourceArn"] = source
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                actions=["sns:Publish"],
                resources=[self.arn],
                principals=[iam.ServicePrincipal(service)],
                conditions=conditions,
            )
        )
