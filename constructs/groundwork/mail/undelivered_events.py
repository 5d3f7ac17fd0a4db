"""What EventBridge could not write to a delivery log, kept until somebody has looked."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import Alarm, Metric, Threshold, arn_in_stack
from groundwork.kit.alarm import MINUTE
from settings.plan.stack import MADE_UP

DAYS = 14
"""As long as a queue keeps anything."""


class UndeliveredEvents(Construct):
    """A dead-letter queue for the delivery logs of a stack, and the alarm that it is not empty.

    EventBridge tries for 24 hours to write an event, and gives up at once where the log group or
    the permission is gone. What it gives up comes here, and is kept for 14 days from its arrival.
    <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>

    The queue stays with what it has when the last of these senders leaves the file. SQS reports
    nothing of a queue that nobody used for six hours: the alarm is then left as it was.
    <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, logs_of: Construct, topic_arn: str
    ) -> None:
        """Take the scope of the senders: CloudFormation names a rule after its place.

        It cuts the name to 64 characters. One pattern and not each rule, which would change the
        policy with every sender.
        """
        super().__init__(scope, construct_id)
        queue = sqs.Queue(
            self,
            "queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(DAYS),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        acknowledge(queue, "AwsSolutions-SQS3", "It is a dead-letter queue itself.")
        place = f"{Stack.of(self).stack_name}-{logs_of.node.id}"
        rules = f"rule/{place[:MADE_UP]}*"
        queue.add_to_resource_policy(_sending(queue, arn_in_stack(self, "events", rules)))
        Alarm(
            self,
            "kept",
            description="Events of mail did not reach the delivery logs: they are in the queue "
            f"{queue.queue_name} for {DAYS} days",
            metric=Metric(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue.queue_name}
            ),
            threshold=Threshold(
                "Maximum", "GreaterThanOrEqualTo", 1, 5 * MINUTE, treat_missing_data="ignore"
            ),
            topic_arn=topic_arn,
        )
        self.queue_arn = queue.queue_arn


def _sending(queue: sqs.Queue, rules: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="RulesSend",
        actions=["sqs:SendMessage"],
        resources=[queue.queue_arn],
        principals=[iam.ServicePrincipal("events.amazonaws.com")],
        conditions={"ArnLike": {"aws:SourceArn": rules}},
    )
