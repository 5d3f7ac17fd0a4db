"""When an alarm on a metric goes off.

It is judged when a metric is put, as of now or of the newest datum, whichever is later: so a test
puts what comes in an hour. An alarm whose metric has no datum at all stays as it is.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "An alarm goes off when as many periods as it asks for pass its threshold, of the metric "
        "with its dimensions; periods without data count as it says."
    ),
    page=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"),
    ministack="It takes all periods for one, whatever the dimensions, and no period for missing.",
    effect=Effect.STRICTER,
)

PASSES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
FILLED = {"breaching": True, "notBreaching": False}


def install() -> None:
    """Judge alarms on one metric in ministack's place, and leave others to it."""
    cloudwatch = service("cloudwatch")
    pristine = cloudwatch._evaluate_alarm

    def evaluate(alarm: dict[str, Any]) -> None:
        if alarm.get("ComparisonOperator") not in PASSES or not alarm.get("Statistic"):
            pristine(alarm)
        elif (data := _data(alarm)) and (state := _state(alarm, [*_periods(alarm, data)])):
            _move(alarm, state)

    cloudwatch._evaluate_alarm = evaluate


def _data(alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
    cloudwatch = service("cloudwatch")
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    key = (alarm.get("Namespace"), alarm.get("MetricName"), dimensions)
    return [*cloudwatch._metrics.get(key, ())]


def _periods(alarm: Mapping[str, Any], data: list[dict[str, Any]]) -> Iterator[bool | None]:
    """Tell of each period, the last one first, whether it passes the threshold; None: no data."""
    cloudwatch, length = service("cloudwatch"), alarm["Period"]
    passes, name = PASSES[alarm["ComparisonOperator"]], alarm["Statistic"]
    end = max(time.time(), *(datum["Timestamp"] for datum in data))
    for _ in range(alarm["EvaluationPeriods"]):
        found = [datum for datum in data if end - length < datum["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(found)
        yield passes(stats[name], alarm["Threshold"]) if stats else None
        end -= length


def _state(alarm: Mapping[str, Any], periods: list[bool | None]) -> str | None:
    """Return the alarm's state, or None to leave it as it is."""
    missing = alarm.get("TreatMissingData") or "missing"
    if missing == "ignore" and None in periods:
        return None
    known = [FILLED.get(missing) if period is None else period for period in periods]
    judged = [period for period in known if period is not None]
    if not judged:
        return "INSUFFICIENT_DATA"
    wanted = alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]
    return "ALARM" if judged.count(True) >= min(wanted, len(judged)) else "OK"


def _move(alarm: dict[str, Any], state: str) -> None:
    """Move an alarm to a state, as ministack does."""
    cloudwatch, before = service("cloudwatch"), alarm["StateValue"]
    if state == before:
        return
    reason = f"Threshold Crossed: {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm |= {
        "StateValue": state,
        "StateReason": reason,
        "StateUpdatedTimestamp": int(time.time()),
    }
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
