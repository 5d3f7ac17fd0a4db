"""Alarms on metric math, and the type `AWS::CloudWatch::CompositeAlarm`.

Metric math is stored and read back; nothing computes it, so such an alarm stays in
INSUFFICIENT_DATA until `SetAlarmState` moves it. Composite alarms are real: ministack evaluates
their rule.
"""

from __future__ import annotations

from embedded.gaps._ministack import (
    Created,
    Properties,
    accepted,
    account,
    generated_name,
    provisioners,
    region,
    register,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="An alarm may be on metric math, and on other alarms.",
    page=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
        "Create-alarm-on-metric-math-expression.html"
    ),
    ministack="It refuses metric math, and lacks the type of composite alarms.",
    effect=Effect.CAPABLE,
)

COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
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
    """Let alarms on metric math pass, and register composite alarms."""
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
    register(COMPOSITE, _create, _update, _delete, replacing=("AlarmName",))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("AlarmName") or generated_name(stack, logical_id, 255)
    return _update(name, {}, properties, stack)


def _update(name: str, old: Properties, new: Properties, stack: str) -> Created:
    cloudwatch = service("cloudwatch")
    accepted(
        cloudwatch._put_composite_alarm({}, {**new, "AlarmName": name}, False, True), COMPOSITE
    )
    return name, {"Arn": f"arn:aws:cloudwatch:{region()}:{account()}:alarm:{name}"}


def _delete(name: str, properties: Properties) -> None:
    request = {"AlarmNames": [name]}
    accepted(service("cloudwatch")._delete_alarms({}, request, False, True), COMPOSITE)
