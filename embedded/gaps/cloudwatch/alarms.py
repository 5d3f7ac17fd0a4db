"""Alarms on metric math.

It is stored and read back; nothing computes it, so such an alarm stays in INSUFFICIENT_DATA until
`SetAlarmState` moves it.
"""

from __future__ import annotations

from embedded.gaps._ministack import Properties, provisioners
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An alarm may be on metric math.",
    page=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
        "Create-alarm-on-metric-math-expression.html"
    ),
    ministack="It refuses metric math.",
    effect=Effect.CAPABLE,
)

# What a single metric has and metric math has not. Of the type it must have, to be storable.
SINGLE = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Dimensions",
    "Unit",
)


def install() -> None:
    """Let alarms on metric math pass."""
    pristine = provisioners._cw_metric_alarm_record

    def record(name: str, properties: Properties) -> Properties:
        if not properties.get("Metrics"):
            return dict(pristine(name, properties))
        stand_in = {**properties, "Metrics": None, "MetricName": "math", "Namespace": "math"}
        alarm = dict(pristine(name, stand_in))
        return {k: v for k, v in alarm.items() if k not in SINGLE} | {
            "Metrics": properties["Metrics"]
        }

    provisioners._cw_metric_alarm_record = record
