"""What the state machine does with one stack: lift, execute, wait, and put the guards back.

Whatever fails on the way leads to the guards. The states exist twice where stacks are in other
regions: Step Functions calls CloudFormation itself in its own region, and elsewhere by a function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groundwork.kit.states import State, States, jsonata

RETRY = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "MaxAttempts": 4,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]
"""A call that is refused for a moment is made again. Every call here can be made twice."""

COMPLETE = "['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE']"
POLL = "$min([60, $ceil($states.input.seconds * 1.5)])"
"""Longer and longer: an execution's history ends at 25,000 events."""


def task(action: str, arguments: Mapping[str, object], output: str, following: str = "") -> State:
    """Return a call of an AWS service; the last one without `following`."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:{action}",
        "Arguments": arguments,
        "Output": jsonata(output),
        "Retry": RETRY,
        **({"Next": following} if following else {"End": True}),
    }


@dataclass(frozen=True)
class Calls:
    """How CloudFormation is called: in `region` directly, elsewhere by a function of ours."""

    region: str
    function: str = ""
    """The ARN of the function; "" where every stack is in `region`."""

    def both(self, here: States, elsewhere: States) -> States:
        """Choose by the stack's region, where stacks are in several."""
        if not self.function:
            return here
        choice = {
            "Condition": jsonata(f"$states.input.region = '{self.region}'"),
            "Next": next(iter(here)),
        }
        first = next(iter(elsewhere))
        asked = f"Where is it? ({next(iter(here))})"
        return {
            asked: {"Type": "Choice", "Choices": [choice], "Default": first},
            **here,
            **elsewhere,
        }

    def alone(self, calls: Mapping[str, tuple[str, dict[str, str], str]]) -> States:
        """Return one call for each stack, by the state's name."""
        ((name, (action, arguments, output)),) = calls.items()
        here = {name: self.call(action, arguments, output, suffix="")}
        elsewhere = {name + ELSEWHERE: self.call(action, arguments, output, suffix=ELSEWHERE)}
        return self.both(here, elsewhere)

    def call(
        self,
        action: str,
        arguments: Mapping[str, str],
        output: str,
        following: str = "",
        *,
        suffix: str,
    ) -> State:
        """Return a call; `arguments` are fields of the state's input, or values after "="."""
        given = {name: _given(value) for name, value in arguments.items()}
        if not suffix:
            return task(f"cloudformation:{action}", given, output, following)
        payload = {"region": jsonata("$states.input.region"), "action": action, "arguments": given}
        invoked = {"FunctionName": self.function, "Payload": payload}
        answered = output.replace("$states.result", "$states.result.Payload")
        made = task("", invoked, answered, following)
        return {**made, "Resource": "arn:aws:states:::lambda:invoke"}


ELSEWHERE = " (another region)"
"""What ends the names of states for stacks in other regions: each name is there once."""


def states(calls: Calls) -> States:
    """Return the states for one stack, whose order is their input."""
    return calls.both(_flow(calls, ""), _flow(calls, ELSEWHERE))


def _flow(calls: Calls, suffix: str) -> States:
    guard, report = f"Put the guard back{suffix}", f"Report{suffix}"
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
        **_waiting(calls, suffix, guard),
        guard: _when(
            "$states.input.creates and $states.input.status != 'CREATE_COMPLETE'",
            report,
            f"Guard what holds data{suffix}",
        ),
        **_guarding(calls, suffix, report),
        report: _report(),
    }
    for name, state in flow.items():
        if state["Type"] == "Task":
            after = _after(name, suffix, guard, report)
            state["Catch"] = [_caught(after)]
    return flow


def _waiting(calls: Calls, suffix: str, guard: str) -> States:
    found = "$states.result.Summaries[ChangeSetId = $states.input.change_set].ExecutionStatus"
    waits = f"Wait{suffix}"
    longer = f"$merge([$states.input, {{'seconds': {POLL}}}])"
    looking = (
        f"$merge([$states.input, {{'running': {found} in ['AVAILABLE', 'EXECUTE_IN_PROGRESS']}}])"
    )
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
            "$contains($states.input.status, '_IN_PROGRESS')", waits, guard
        ),
    }


def _guarding(calls: Calls, suffix: str, report: str) -> States:
    protect = f"Protect the stack against deletion{suffix}"
    return {
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


def _after(name: str, suffix: str, guard: str, report: str) -> str:
    """Return where a failure leads: to the guards, and past a guard that cannot be put back."""
    return {
        f"Guard what holds data{suffix}": f"Protect the stack against deletion{suffix}",
        f"Protect the stack against deletion{suffix}": report,
    }.get(name, guard)


def _caught(following: str) -> State:
    failure = "$join([$states.input.failure, $states.errorOutput.Cause], ' ')"
    output = jsonata(f"$merge([$states.input, {{'failure': {failure}}}])")
    return {"ErrorEquals": ["States.ALL"], "Output": output, "Next": following}


def _report() -> State:
    ok = f"$states.input.status in {COMPLETE} and $states.input.failure = ''"
    message = "$states.input.name & ' is ' & $states.input.status & ' ' & $states.input.failure"
    said = f"{{'name': $states.input.name, 'ok': {ok}, 'message': {message}}}"
    return {"Type": "Pass", "Output": jsonata(said), "End": True}


def _pass(more: str, following: str) -> State:
    output = jsonata(f"$merge([$states.input, {more}])")
    return {"Type": "Pass", "Output": output, "Next": following}


def _when(condition: str, then: str, otherwise: str) -> State:
    choice = {"Condition": jsonata(condition), "Next": then}
    return {"Type": "Choice", "Choices": [choice], "Default": otherwise}


def _given(value: str) -> str:
    return jsonata(value[1:] if value.startswith("=") else f"$states.input.{value}")
