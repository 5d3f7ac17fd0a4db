"""What is done with one stack: lift, execute, wait, put the guards back; or wait and guard alone.

Whatever fails on the way leads to the guards. The states exist twice where stacks are in other
regions: Step Functions calls CloudFormation itself in its own region, and elsewhere by a function.
"""

from __future__ import annotations

import json

from groundwork.access.calls import ELSEWHERE, Calls
from groundwork.kit.states import State, States, jsonata

RUNNING = "['AVAILABLE', 'EXECUTE_IN_PROGRESS']"
"""Of a change set that was executed: for a moment it is as before."""
COMPLETE = "['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE']"
POLL = "$min([60, $ceil($states.input.seconds * 1.5)])"
"""Longer and longer: an execution's history ends at 25,000 events."""


EVERYTHING = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["Update:Replace", "Update:Delete"],
                "Resource": "*",
            },
        ]
    }
)
"""The stack policy that allows least: whoever has it set, it loosens nothing."""


def executing(calls: Calls) -> States:
    """Return the states that execute one stack's change set. Their input is the stack's order."""
    return calls.both(_executing(calls, ""), _executing(calls, ELSEWHERE))


def guarding(calls: Calls) -> States:
    """Return the states that guard all of one stack, as soon as nothing runs there."""
    return calls.both(_guarding_all(calls, ""), _guarding_all(calls, ELSEWHERE))


def _guarding_all(calls: Calls, suffix: str) -> States:
    begin = {"status": "", "failure": "", "seconds": 2, "afterwards": EVERYTHING}
    flow: States = {
        f"Begin{suffix}": _pass(json.dumps(begin), f"Wait{suffix}"),
        **_waiting(calls, suffix, "['EXECUTE_IN_PROGRESS']"),
        **_guards(calls, suffix),
        f"Report{suffix}": _report("$states.input.failure = ''"),
    }
    return _caught_by_guards(flow, suffix)


def _executing(calls: Calls, suffix: str) -> States:
    begin = "{'status': '', 'failure': '', 'seconds': 2}"
    flow: States = {
        f"Begin{suffix}": _pass(begin, f"Is it new?{suffix}"),
        f"Is it new?{suffix}": _when(
            "$states.input.creates", f"Execute{suffix}", f"Set the stack policy{suffix}"
        ),
        f"Set the stack policy{suffix}": calls.call(
            "setStackPolicy",
            {"StackName": "stack", "StackPolicyBody": "meanwhile"},
            "$states.input",
            f"Execute{suffix}",
            suffix=suffix,
        ),
        f"Execute{suffix}": calls.call(
            "executeChangeSet",
            {
                "StackName": "stack",
                "ChangeSetName": "change_set",
                "ClientRequestToken": "=$states.context.Execution.Name",
            },
            "$states.input",
            f"Wait{suffix}",
            suffix=suffix,
        ),
        **_waiting(calls, suffix, RUNNING),
        **_guards(calls, suffix),
        f"Report{suffix}": _report(
            f"$states.input.status in {COMPLETE} and $states.input.failure = ''"
        ),
    }
    return _caught_by_guards(flow, suffix)


def _caught_by_guards(flow: States, suffix: str) -> States:
    """Lead every failure to the guards."""
    for name, state in flow.items():
        if state["Type"] == "Task":
            state["Catch"] = [_caught(_after(name, suffix))]
    return flow


def _waiting(calls: Calls, suffix: str, running: str) -> States:
    found = "$states.result.Summaries[ChangeSetId = $states.input.change_set].ExecutionStatus"
    waits = f"Wait{suffix}"
    longer = f"$merge([$states.input, {{'seconds': {POLL}}}])"
    looking = f"$merge([$states.input, {{'running': {found} in {running}}}])"
    status = "$merge([$states.input, {'status': $states.result.Stacks[0].StackStatus}])"
    wait = jsonata("$states.input.seconds")
    return {
        waits: {
            "Type": "Wait",
            "Seconds": wait,
            "Output": jsonata(longer),
            "Next": f"Look at the change set{suffix}",
        },
        f"Look at the change set{suffix}": calls.call(
            "listChangeSets",
            {"StackName": "stack"},
            looking,
            f"Does it run?{suffix}",
            suffix=suffix,
        ),
        f"Does it run?{suffix}": _when(
            "$states.input.running", waits, f"Look at the stack{suffix}"
        ),
        f"Look at the stack{suffix}": calls.call(
            "describeStacks",
            {"StackName": "stack"},
            status,
            f"Has it ended?{suffix}",
            suffix=suffix,
        ),
        f"Has it ended?{suffix}": _when(
            "$contains($states.input.status, '_IN_PROGRESS') "
            "and $states.input.status != 'REVIEW_IN_PROGRESS'",
            waits,
            f"Put the guard back{suffix}",
        ),
    }


def _guards(calls: Calls, suffix: str) -> States:
    protect, report = f"Protect the stack against deletion{suffix}", f"Report{suffix}"
    return {
        f"Put the guard back{suffix}": _when(
            "$states.input.creates and $states.input.status != 'CREATE_COMPLETE'",
            report,
            f"Guard what holds data{suffix}",
        ),
        f"Guard what holds data{suffix}": calls.call(
            "setStackPolicy",
            {"StackName": "stack", "StackPolicyBody": "afterwards"},
            "$states.input",
            protect,
            suffix=suffix,
        ),
        protect: calls.call(
            "updateTerminationProtection",
            {"StackName": "stack", "EnableTerminationProtection": "=true"},
            "$states.input",
            report,
            suffix=suffix,
        ),
    }


def _after(name: str, suffix: str) -> str:
    """Return where a failure leads: to the guards, and past a guard that cannot be put back."""
    return {
        f"Guard what holds data{suffix}": f"Protect the stack against deletion{suffix}",
        f"Protect the stack against deletion{suffix}": f"Report{suffix}",
    }.get(name, f"Put the guard back{suffix}")


def _caught(following: str) -> State:
    failure = "$join([$states.input.failure, $states.errorOutput.Cause], ' ')"
    output = jsonata(f"$merge([$states.input, {{'failure': {failure}}}])")
    return {"ErrorEquals": ["States.ALL"], "Output": output, "Next": following}


def _report(ok: str) -> State:
    message = "$states.input.name & ' is ' & $states.input.status & ' ' & $states.input.failure"
    said = f"{{'name': $states.input.name, 'ok': {ok}, 'message': {message}}}"
    return {"Type": "Pass", "Output": jsonata(said), "End": True}


def _pass(more: str, following: str) -> State:
    output = jsonata(f"$merge([$states.input, {more}])")
    return {"Type": "Pass", "Output": output, "Next": following}


def _when(condition: str, then: str, otherwise: str) -> State:
    choice = {"Condition": jsonata(condition), "Next": then}
    return {"Type": "Choice", "Choices": [choice], "Default": otherwise}
