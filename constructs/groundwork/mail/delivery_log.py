"""What became of each message of a sender, in CloudWatch Logs."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from groundwork.kit import arn_in_stack
from groundwork.mail.alarms import SENDER


class DeliveryLog(Construct):
    """A log group, and the rule that takes one sender's events from the default event bus to it.

    SES publishes to EventBridge's default bus only, and EventBridge writes to the log groups that
    let it: `DeliveryLogAccess` does. The log holds recipients and subjects. It stays when the
    sender leaves the file; its entries expire all the same. What EventBridge cannot write goes to
    the queue of `UndeliveredEvents`.
    <https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, sender: str, days: int, undelivered: str
    ) -> None:
        """`undelivered` is the ARN of the queue for what cannot be written."""
        super().__init__(scope, construct_id)
        self.log_group = logs.CfnLogGroup(self, "log", retention_in_days=days)
        self.log_group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        # The log group's own ARN ends in :*, which EventBridge does not take.
        arn = arn_in_stack(self, "logs", f"log-group:{self.log_group.ref}")
        events.CfnRule(
            self,
            "rule",
            description=f"Delivery log of {sender}",
            event_pattern={
                "source": ["aws.ses"],
                "detail": {"mail": {"tags": {SENDER: [sender]}}},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="log",
                    arn=arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=undelivered),
                )
            ],
        )


class DeliveryLogAccess(Construct):
    """Lets EventBridge write to the delivery logs of a stack.

    One policy for all of them, since a region has room for ten.
    <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, logs_of: Construct) -> None:
        """Take the scope of the senders: CloudFormation names a log group after its place."""
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        names = f"{stack.stack_name}-{logs_of.node.id}*"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": arn_in_stack(self, "logs", f"log-group:{names}:*"),
        }
        logs.CfnResourcePolicy(
            self,
            "policy",
            policy_name=f"{stack.stack_name}-delivery-logs",
            policy_document=stack.to_json_string(
                {"Version": "2012-10-17", "Statement": [statement]}
            ),
        )
