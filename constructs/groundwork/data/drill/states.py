"""The kinds of states that a drill is made of.

Their input is what the drill knows: `problem`, `error`, `snapshot`, `answer`. A failure is no end:
whatever goes wrong leads to the deletion of the copy and to a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundwork.kit.states import State, jsonata, quoted

INVOKE = "lambda:invoke"
EXECUTION = "$states.context.Execution.Id"
PAUSE = "$min([60, $states.input.seconds * 2])"
"""Longer and longer, up to a minute."""
ABSENT = ("Rds.DbInstanceNotFoundException", "Rds.DbClusterNotFoundException")
BUSY = ("Rds.InvalidDbInstanceStateException", "Rds.InvalidDbClusterStateException")
RETRY = [
    {"ErrorEquals": [*ABSENT], "MaxAttempts": 0},
    {
        "ErrorEquals": [*BUSY],
        "IntervalSeconds": 10,
        "MaxAttempts": 60,
        "BackoffRate": 1.5,
        "MaxDelaySeconds": 120,
    },
    {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2},
]
"""What is busy is tried for two hours: RDS deletes nothing while it makes or backs it up."""

RETRY_FUNCTION = [
    {
        "ErrorEquals": [
            "Lambda.AWSLambdaException",
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.EC2ThrottledException",
            "Lambda.EC2UnexpectedException",
            "Lambda.ENINotReadyException",
            "Lambda.ResourceConflictException",
            "Lambda.ResourceNotReadyException",
            "Lambda.SdkClientException",
            "Lambda.ServiceException",
            "Lambda.TooManyRequestsException",
        ],
        "IntervalSeconds": 2,
        "MaxAttempts": 6,
        "BackoffRate": 2,
    },
    {
        "ErrorEquals": ["NotConnectedError"],
        "IntervalSeconds": 2,
        "MaxAttempts": 4,
        "BackoffRate": 2,
    },
]
"""Who connected has asked, which is done once: a function that ran out of time is not tried again.

Lambda takes the interfaces of a function away that was idle for weeks, and makes them again in a
minute or two, while it answers that it is not ready.
<https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html>
<https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception>
"""


def task(
    action: str,
    arguments: Mapping[str, object],
    more: str,
    following: str,
    *,
    failed: str,
) -> State:
    """Call AWS, and add `more` to what is known. An error is added, and leads to `failed`.

    A function is not called as the rest of AWS is: this waits for its answer, and reads it.
    <https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>
    """
    error = "$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"
    caught = {"ErrorEquals": ["States.ALL"], "Output": merged(f"{{'error': {error}}}")}
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{'' if action == INVOKE else 'aws-sdk:'}{action}",
        "Arguments": dict(arguments),
        "Output": merged(more),
        "Retry": RETRY_FUNCTION if action == INVOKE else RETRY,
        "Catch": [{**caught, "Next": failed}],
        "Next": following,
    }


def choice(choices: Sequence[State], default: str) -> State:
    """Take the first choice whose condition holds, else the default."""
    return {"Type": "Choice", "Choices": [*choices], "Default": default}


def when(condition: str, following: str, more: str = "{}") -> State:
    """Go on there if the condition holds, with more."""
    return {"Condition": jsonata(condition), "Output": merged(more), "Next": following}


def problem(condition: str, words: str, following: str) -> State:
    """Note a problem if the condition holds; `words` are an expression."""
    return when(condition, following, f"{{'problem': {words}}}")


def failing(doing: str, following: str) -> State:
    """Note that what was being done failed, and why."""
    words = f"{quoted(f'{doing} failed: ')} & $substring($states.input.error, 0, 1000)"
    return {"Type": "Pass", "Output": merged(f"{{'problem': {words}}}"), "Next": following}


def wait(following: str) -> State:
    """Wait, the next time longer."""
    return {
        "Type": "Wait",
        "Seconds": jsonata("$states.input.seconds"),
        "Output": merged(f"{{'seconds': {PAUSE}}}"),
        "Next": following,
    }


def merged(more: str) -> str:
    """Return what is known, with more."""
    return jsonata(f"$merge([$states.input, {more}])")
