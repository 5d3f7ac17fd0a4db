"""How people hear of alarms."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct


class AlarmTopic(Construct):
    """One topic of a stack's alarms, of which each person hears what the file says.

    Everybody confirms one subscription, however many databases there are. CloudWatch publishes to
    no topic under the AWS-managed key, and an alarm tells no more than a name and a number.
    <https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html>
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.topic = sns.Topic(self, "topic", display_name="Database alarms", enforce_ssl=True)
        stack = Stack.of(self)
        alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": alarms},
                },
            )
        )

    def tell(self, address: str, identifiers: Sequence[str]) -> None:
        """Send somebody the alarms of these databases, whose names begin with the identifier."""
        names = [{"prefix": f"{identifier} "} for identifier in identifiers]
        sns.CfnSubscription(
            self,
            address,
            topic_arn=self.topic.topic_arn,
            protocol="email",
            endpoint=address,
            filter_policy={"AlarmName": names},
            filter_policy_scope="MessageBody",
        )
