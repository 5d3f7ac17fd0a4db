"""Alarms before AWS reviews or pauses sending, and before mail is throttled or grows unnoticed."""

from __future__ import annotations

from constructs import Construct

from groundwork.kit import Alarm, Metric, Threshold
from groundwork.kit.alarm import DAY, HOUR, MINUTE
from settings.models.mail import Quota

NAMESPACE = "AWS/SES"
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


class ReputationAlarms(Construct):
    """Tells of bounce and complaint rates at which AWS reviews, and at which it pauses, sending.

    Of the account, or of one configuration set. AWS judges the account; a set shows whose mail it
    is. Without mail there is no rate, and an alarm stays as it is.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, configuration_set: str | None, topic_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        dimensions = {"ses:configuration-set": configuration_set} if configuration_set else {}
        whose = f"Configuration set {configuration_set}" if configuration_set else "The account"
        for name, (metric, rate, meaning) in REPUTATION.items():
            Alarm(
                self,
                name,
                description=f"{whose}: {meaning}",
                metric=Metric(NAMESPACE, metric, dimensions),
                threshold=Threshold(
                    "Average", "GreaterThanOrEqualTo", rate, HOUR, treat_missing_data="ignore"
                ),
                topic_arn=topic_arn,
            )


class QuotaAlarms(Construct):
    """Tells when the account nears its quotas, beyond which SES answers 454 Throttling failure.

    SES counts recipients over the last 24 hours, CloudWatch messages: mail to several recipients
    at once comes nearer to the quota than the alarm knows. The rate is a minute's mean.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, declared: Quota, topic_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        near = f"{NEAR:.0%} of the account's"
        Alarm(
            self,
            "daily",
            description=f"{near} quota of {declared.daily} a day is used: ask for more before mail "
            "is refused",
            metric=Metric(NAMESPACE, "Send"),
            threshold=_sent(declared.daily * NEAR, DAY),
            topic_arn=topic_arn,
        )
        Alarm(
            self,
            "rate",
            description=f"{near} rate of {declared.per_second} a second is used: slow the senders "
            "down",
            metric=Metric(NAMESPACE, "Send"),
            threshold=_sent(declared.per_second * MINUTE * NEAR, MINUTE),
            topic_arn=topic_arn,
        )


class VolumeAlarm(Construct):
    """Tells when a sender passes the daily volume that was approved for it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, sender: str, daily: int, topic_arn: str
    ) -> None:
        super().__init__(scope, construct_id)
        Alarm(
            self,
            "daily",
            description=f"Sender {sender} passed its declared volume of {daily} a day",
            metric=Metric(NAMESPACE, "Send", {SENDER: sender}),
            threshold=_sent(daily + 1, DAY),
            topic_arn=topic_arn,
        )


def _sent(messages: float, seconds: int) -> Threshold:
    """So many messages in so many seconds. No metric means no mail."""
    return Threshold(
        "Sum", "GreaterThanOrEqualTo", messages, seconds, treat_missing_data="notBreaching"
    )
