"""Whether something that a change set changes was changed since it was reviewed.

CloudFormation says nothing of it: a change set compares templates. So its drift detection is asked,
and what differs in the resources that change has to be what the orders say was known.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
"""

from __future__ import annotations

from groundwork.access.calls import ELSEWHERE, Calls
from groundwork.kit.states import State, States, choice, jsonata

BUSY = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 5,
        "MaxAttempts": 8,
        "BackoffRate": 1.6,
        "JitterStrategy": "FULL",
    }
]
"""A stack has one detection at a time: somebody else's may take some minutes."""
POLL = "$min([30, $ceil($states.input.seconds * 1.5)])"
COUNTED = """(
  $ends := ['/DBName', '/DatabaseName'];
  $known := $states.input.drifted;
  $touched := $states.result.StackResourceDrifts[LogicalResourceId in $states.input.changed];
  $found := $touched.(
    $id := LogicalResourceId;
    $properties := PropertyDifferences[
      $not($split(PropertyPath, '/')[1] = 'Tags') and $not(PropertyPath in $ends)
    ].($id & $replace(PropertyPath, '/', '.'));
    StackResourceDriftStatus = 'DELETED' ? $id : $properties
  );
  $new := [$found[$not($ in $known)]];
  $unsaid := $exists($states.result.NextToken)
    or ($states.input.failed
      and $not('UNKNOWN' in $states.result.StackResourceDrifts.StackResourceDriftStatus));
  $unknown := [
    $touched[StackResourceDriftStatus = 'UNKNOWN'].LogicalResourceId, $unsaid ? 'a resource'
  ];
  $in := function($one) { $states.input.name & '/' & $one };
  {
    'same': $count($new) + $count($unknown) = 0,
    'changed': [$map($new, $in)],
    'unknown': [$map($unknown, $in)]
  }
)"""
"""Tags that somebody added are theirs, and RDS names no first database of one that it imported.
More than a page of resources that differ refuse, and so does what CloudFormation could not compare:
it is UNKNOWN, and where a detection failed and nothing is, it may be anything of the stack. A type
without drift detection is in no answer.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html>"""


def comparing(calls: Calls) -> States:
    """Return the states that compare one stack, by what was found in its change set."""
    asking = calls.both(_asking(calls, ""), _asking(calls, ELSEWHERE))
    same = jsonata("{'same': true, 'changed': [], 'unknown': []}")
    begin = jsonata("$merge([$states.input, {'seconds': 1}])")
    return {
        "Could anything differ?": choice(
            {"Nothing to compare": "$string($states.input.changed) = '[]'"}, "Compare it"
        ),
        "Nothing to compare": {"Type": "Pass", "Output": same, "End": True},
        "Compare it": {"Type": "Pass", "Output": begin, "Next": next(iter(asking))},
        **asking,
    }


def _asking(calls: Calls, suffix: str) -> States:
    asks, waits = f"Ask for what differs{suffix}", f"Wait for the comparison{suffix}"
    asked = "$merge([$states.input, {'detection': $states.result.StackDriftDetectionId}])"
    status = "$states.result.DetectionStatus"
    detecting = f"'detecting': {status} = 'DETECTION_IN_PROGRESS'"
    failed = f"'failed': {status} = 'DETECTION_FAILED'"
    start = calls.call("detectStackDrift", {"StackName": "stack"}, asked, waits, suffix=suffix)
    return {
        asks: {**start, "Retry": BUSY},
        waits: _wait(f"Look at the comparison{suffix}"),
        f"Look at the comparison{suffix}": calls.call(
            "describeStackDriftDetectionStatus",
            {"StackDriftDetectionId": "detection"},
            f"$merge([$states.input, {{{detecting}, {failed}}}])",
            f"Is it compared?{suffix}",
            suffix=suffix,
        ),
        f"Is it compared?{suffix}": choice(
            {waits: "$states.input.detecting"}, f"Look at what differs{suffix}"
        ),
        f"Look at what differs{suffix}": calls.call(
            "describeStackResourceDrifts",
            {
                "StackName": "stack",
                "StackResourceDriftStatusFilters": "=['MODIFIED', 'DELETED', 'UNKNOWN']",
                "MaxResults": "=100",
            },
            COUNTED,
            suffix=suffix,
        ),
    }


def _wait(following: str) -> State:
    longer = f"$merge([$states.input, {{'seconds': {POLL}}}])"
    return {
        "Type": "Wait",
        "Seconds": jsonata("$states.input.seconds"),
        "Output": jsonata(longer),
        "Next": following,
    }
