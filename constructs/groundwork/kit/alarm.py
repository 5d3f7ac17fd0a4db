"""An alarm that people are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

MINUTE, HOUR, DAY = 60, 3600, 86_400
Statistic = Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]
Comparison = Literal["GreaterThan", "GreaterThanOrEqualTo", "LessThan"]
MissingData = Literal["breaching", "ignore", "missing", "notBreaching"]


@dataclass(frozen=True)
class Metric:
    """One of CloudWatch's metrics, of what its dimensions say."""

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Threshold:
    """What a metric may not pass in any of `periods` periods on end, of `period` seconds each."""

    statistic: Statistic
    comparison: Comparison
    value: float
    period: int
    periods: int = 1
    treat_missing_data: MissingData = "missing"
    """<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>"""


class Alarm(cloudwatch.CfnAlarm):
    """Publishes to a topic when it goes off, and with `notify_when_ok` when it is over, too.

    CloudWatch publishes to a topic that lets it: `NotificationTopic.allow_alarms`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        metric: Metric,
        threshold: Threshold,
        topic_arn: str,
        name: str | None = None,
        notify_when_ok: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            alarm_name=name,
            alarm_description=description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value)
                for key, value in metric.dimensions.items()
            ],
            statistic=threshold.statistic,
            comparison_operator=f"{threshold.comparison}Threshold",
            threshold=threshold.value,
            period=threshold.period,
            evaluation_periods=threshold.periods,
            treat_missing_data=threshold.treat_missing_data,
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn] if notify_when_ok else None,
        )
