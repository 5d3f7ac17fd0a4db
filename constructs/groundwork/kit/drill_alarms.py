"""Alarms about restore drills: one that failed, and none that succeeded."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from groundwork.kit.alarm import HOUR, Alarm, Metric, Threshold
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE


def add_drill_alarms(
    scope: Construct,
    *,
    name: str,
    dimensions: Mapping[str, str],
    failed: str,
    missing: str,
    hours: int,
    topic_arn: str,
) -> None:
    """Add an alarm for a drill that failed, and one for none that succeeded for whole hours.

    A drill that is not run reports nothing, which is the failure that the second is about: missing
    data is breaching. A new drill's alarm begins within the hour, and ends with its first success.
    CloudWatch looks back 7 days at most. `failed` and `missing` are the alarms' descriptions;
    `name` begins their names.
    """
    metric = Metric(DRILL_NAMESPACE, DRILL_METRIC, dimensions)
    watched = {
        "failed": (failed, Threshold("Minimum", "LessThan", 1, HOUR, 1, "notBreaching")),
        "missing": (missing, Threshold("Sum", "LessThan", 1, HOUR, hours, "breaching")),
    }
    for what, (description, threshold) in watched.items():
        Alarm(
            scope,
            what,
            name=f"{name} {what}",
            description=description,
            metric=metric,
            threshold=threshold,
            topic_arn=topic_arn,
            notify_when_ok=True,
        )
