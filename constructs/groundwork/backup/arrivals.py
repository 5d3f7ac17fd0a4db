"""The alarm that matters most for backups: none arrived."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk.aws_s3 import Bucket
from constructs import Construct

HOUR = 3600
EVERY_OBJECT = "every-object"


class Arrivals(Construct):
    """An alarm when no object was put into a bucket for some whole hours, up to 7 days.

    S3 counts requests only where a bucket asks for it, and reports nothing for an hour without
    requests: missing data is the very failure that this is about. A new bucket's alarm therefore
    begins within the hour, and ends with the first backup, each with a message.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: Bucket,
        name: str,
        hours: int,
        notify: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        bucket.add_metric(id=EVERY_OBJECT)
        topic = self._topic(name, notify)
        cloudwatch.CfnAlarm(
            self,
            "alarm",
            alarm_name=f"{name} arrivals",
            alarm_description=f"No object arrived in bucket {name} for {hours} h: look at the job "
            "that writes its backups.",
            namespace="AWS/S3",
            metric_name="PutRequests",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="BucketName", value=bucket.bucket_name),
                cloudwatch.CfnAlarm.DimensionProperty(name="FilterId", value=EVERY_OBJECT),
            ],
            statistic="Sum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=HOUR,
            evaluation_periods=hours,
            treat_missing_data="breaching",
            alarm_actions=[topic.topic_arn],
            ok_actions=[topic.topic_arn],
        )

    def _topic(self, name: str, notify: Sequence[str]) -> sns.Topic:
        topic = sns.Topic(self, "topic", display_name=f"Backups of {name}"[:100], enforce_ssl=True)
        stack = Stack.of(self)
        alarm = f"arn:aws:cloudwatch:{stack.region}:{stack.account}:alarm:{name} arrivals"
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TheAlarm",
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnEquals": {"aws:SourceArn": alarm},
                },
            )
        )
        for address in notify:
            sns.CfnSubscription(
                self, address, topic_arn=topic.topic_arn, protocol="email", endpoint=address
            )
        return topic
