"""Alarms before AWS reviews or pauses sending, and before mail is throttled or grows unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from settings.models.mail import Quota

MINUTE, HOUR, DAY = 60, 3600, 86_400
REPUTATION = {
    "bounces-review": ("Reputation.BounceRate", 0.05, "5 % bounces: AWS reviews the account"),
    "bounces-pause": ("Reputation.BounceRate", 0.1, "10 % bounces: AWS may pause sending"),
    "complaints-review": ("Reputation.ComplaintRate", 0.001, "0.1 % complaints: AWS reviews"),
    "complaints-pause": ("Reputation.ComplaintRate", 0.005, "0.5 % complaints: AWS may pause"),
}
"""<https://docs.aws.amazon.com/ses/latest/dg/monitor-sender-reputation.html>"""
NEAR = 0.8
"""The share of a quota at which it is time to ask AWS for more."""
SENDER = "ses:caller-identity"
"""The tag that SES puts on each message: the IAM user that sent it."""


class Metric(NamedTuple):
    """What an alarm looks at: one of SES's metrics over a number of seconds."""

    name: str
    period: int
    statistic: str = "Sum"
    silence: str = "notBreaching"
    """What it means that there is nothing to look at."""
    dimensions: Mapping[str, str] = {}


class ReputationAlarms(Construct):
    """Tells of bounce and complaint rates at which AWS reviews, and at which it pauses, sending.

    Of the account, or of one configuration set. AWS judges the account; a set shows whose mail it
    is. Without mail there is no rate, and an alarm stays as it is.
    """

    def __init__(
        self, scope: Construct, identifier: str, *, configuration_set: str | None, topic: str
    ) -> None:
        super().__init__(scope, identifier)
        dimensions = {"ses:configuration-set": configuration_set} if configuration_set else {}
        whose = f"Configuration set {configuration_set}" if configuration_set else "The account"
        for name, (metric, threshold, meaning) in REPUTATION.items():
            _alarm(
                self,
                name,
                f"{whose}: {meaning}",
                metric=Metric(metric, HOUR, "Average", "ignore", dimensions),
                threshold=threshold,
                topic=topic,
            )


class QuotaAlarms(Construct):
    """Tells when the account nears its quotas, beyond which SES answers 454 Throttling failure.

    SES counts recipients over the last 24 hours, CloudWatch messages: mail to several recipients
    at once comes nearer to the quota than the alarm knows. The rate is a minute's mean.
    """

    def __init__(self, scope: Construct, identifier: str, *, quota: Quota, topic: str) -> None:
        super().__init__(scope, identifier)
        near = f"{NEAR:.0%} of the account's"
        _alarm(
            self,
            "daily",
            f"{near} quota of {quota.daily} a day is used: ask for more before mail is refused",
            metric=Metric("Send", DAY),
            threshold=quota.daily * NEAR,
            topic=topic,
        )
        _alarm(
            self,
            "rate",
            f"{near} rate of {quota.per_second} a second is used: slow the senders down",
            metric=Metric("Send", MINUTE),
            threshold=quota.per_second * MINUTE * NEAR,
            topic=topic,
        )


class VolumeAlarm(Construct):
    """Tells when a sender passes the daily volume that was approved for it."""

    def __init__(
        self, scope: Construct, identifier: str, *, sender: str, daily: int, topic: str
    ) -> None:
        super().__init__(scope, identifier)
        _alarm(
            self,
            "daily",
            f"Sender {sender} passed its declared volume of {daily} a day",
            metric=Metric("Send", DAY, dimensions={SENDER: sender}),
            threshold=daily + 1,
            topic=topic,
        )


def _alarm(
    scope: Construct,
    identifier: str,
    description: str,
    *,
    metric: Metric,
    threshold: float,
    topic: str,
) -> None:
    cloudwatch.CfnAlarm(
        scope,
        identifier,
        alarm_description=description,
        namespace="AWS/SES",
        metric_name=metric.name,
        statistic=metric.statistic,
        period=metric.period,
        evaluation_periods=1,
        threshold=threshold,
        comparison_operator="GreaterThanOrEqualToThreshold",
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
            for name, value in metric.dimensions.items()
        ],
        treat_missing_data=metric.silence,
        alarm_actions=[topic],
    )
