"""The alarm that matters most for backups: none arrived."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.kit import Alarm, Metric, NotificationTopic, Threshold
from groundwork.kit.alarm import HOUR

EVERY_OBJECT = "every-object"


class BackupFreshnessAlarm(Construct):
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
        bucket: s3.Bucket,
        name: str,
        hours: int,
        notify: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        bucket.add_metric(id=EVERY_OBJECT)
        alarm = f"{name} arrivals"
        topic = NotificationTopic(
            self, "topic", display_name=f"Backups of {name}"[:100], subscribers=notify
        )
        topic.allow_alarms(alarm)
        dimensions = {"BucketName": bucket.bucket_name, "FilterId": EVERY_OBJECT}
        Alarm(
            self,
            "alarm",
            name=alarm,
            description=f"No object arrived in bucket {name} for {hours} h: look at the job "
            "that writes its backups.",
            metric=Metric("AWS/S3", "PutRequests", dimensions),
            threshold=Threshold("Sum", "LessThan", 1, HOUR, hours, treat_missing_data="breaching"),
            topic_arn=topic.arn,
            notify_when_ok=True,
        )
