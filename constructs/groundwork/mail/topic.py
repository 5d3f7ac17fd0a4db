"""The topic through which people hear of bounces, complaints and other events of their mail."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from groundwork.mail.arns import configuration_set_arn, identity_arn
from settings.models.topics import Topic


class NotificationTopic(Construct):
    """A Standard topic with its e-mail subscriptions, to which only what is declared may publish.

    SES takes no FIFO topic, and publishes to no topic under the AWS-managed key; what passes here
    leaves as plain e-mail and is not kept, so that a key of our own would guard nothing.
    A subscription's construct is named after the e-mail address: adding an address, or reordering
    them, never makes a subscriber confirm again.
    <https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html>
    """

    def __init__(self, scope: Construct, identifier: str, *, name: str, declared: Topic) -> None:
        super().__init__(scope, identifier)
        self.topic = sns.Topic(self, "topic", topic_name=name, enforce_ssl=True)
        self.arn = self.topic.topic_arn
        self._let_ses_publish(declared)
        if declared.alarms:
            self._let_alarms_publish()
        for address in declared.subscribers:
            sns.Subscription(
                self,
                address,
                topic=self.topic,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=address,
            )

    def _let_ses_publish(self, declared: Topic) -> None:
        """Let SES publish what concerns these identities and configuration sets of this account.

        Where SES may not publish, it drops the topic from the identity without a word.
        """
        sources = [
            *(identity_arn(self, name) for name in sorted(declared.identities)),
            *(configuration_set_arn(self, name) for name in sorted(declared.configuration_sets)),
        ]
        if not sources:
            return
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="SesPublishesWhatIsDeclared",
                actions=["sns:Publish"],
                resources=[self.arn],
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Stack.of(self).account,
                        "aws:SourceArn": sources,
                    }
                },
            )
        )

    def _let_alarms_publish(self) -> None:
        stack = Stack.of(self)
        alarms = f"arn:aws:cloudwatch:{stack.region}:{stack.account}:alarm:*"
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                actions=["sns:Publish"],
                resources=[self.arn],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )
