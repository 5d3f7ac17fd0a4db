"""How a drill ended: a line in a log group, for people, and a metric, for the alarms."""

from __future__ import annotations

from groundwork.data.drill.copy import Copy
from groundwork.data.drill.states import choice, task, when
from groundwork.kit.states import States, jsonata
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE

RECORD = "Record"
STREAM = "$states.context.Execution.Name"
MEASURE = "Measure"


def record(copy: Copy) -> States:
    """Record and measure how the drill ended. Without a log, it is measured all the same."""
    place = {"LogGroupName": copy.log_group, "LogStreamName": jsonata(STREAM)}
    line = f"""$string({{
        'database': '{copy.database}', 'succeeded': $states.input.problem = '',
        'problem': $states.input.problem, 'snapshot': $states.input.snapshot.name,
        'made': $states.input.snapshot.made, 'answer': $states.input.answer,
        'began': $states.input.began, 'ended': $now(), 'execution': $states.context.Execution.Id
    }})"""
    event = {"Timestamp": jsonata("$millis()"), "Message": jsonata(line)}
    datum = {
        "MetricName": DRILL_METRIC,
        "Dimensions": [{"Name": "Database", "Value": copy.database}],
        "Value": jsonata("$states.input.problem = '' ? 1 : 0"),
    }
    return {
        RECORD: task(
            "cloudwatchlogs:createLogStream", place, "{}", "Write the record", failed=MEASURE
        ),
        "Write the record": task(
            "cloudwatchlogs:putLogEvents",
            {**place, "LogEvents": [event]},
            "{}",
            MEASURE,
            failed=MEASURE,
        ),
        MEASURE: task(
            "cloudwatch:putMetricData",
            {"Namespace": DRILL_NAMESPACE, "MetricData": [datum]},
            "{}",
            "How did it end?",
            failed="Not measured",
        ),
        "Not measured": {
            "Type": "Fail",
            "Error": "NotMeasured",
            "Cause": jsonata("$states.input.problem & ' ' & $states.input.error"),
        },
        **_END,
    }


_END: States = {
    "How did it end?": choice([when("$states.input.problem = ''", "Good")], "Bad"),
    "Good": {"Type": "Succeed"},
    "Bad": {
        "Type": "Fail",
        "Error": "DrillFailed",
        "Cause": jsonata("$states.input.problem"),
    },
}
