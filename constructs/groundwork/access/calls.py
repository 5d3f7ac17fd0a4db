"""How a state machine calls AWS: in its own region itself, and elsewhere by a function of ours."""

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


def _given(value: str) -> str:
    return jsonata(value[1:] if value.startswith("=") else f"$states.input.{value}")
