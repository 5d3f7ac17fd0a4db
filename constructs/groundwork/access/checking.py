"""What an execution looks at before it begins: the change sets, and what was changed since.

Whatever is not as it was reviewed, or cannot be looked at, refuses: nothing was begun then.
"""

from __future__ import annotations

from groundwork.access import drift
from groundwork.access.calls import Calls
from groundwork.kit.states import State, States, each, jsonata, refusing
from settings.contract import REFUSED

DAY_MILLISECONDS = 24 * 60 * 60 * 1000
"""How old a change set may be, by CloudFormation's own word."""
UNKNOWN = "It cannot be looked at"
UNFIT = "A change set is gone, was executed, or is older than a day"
CHANGED = "What the review changes was changed since"
UNCOMPARED = "What the review changes cannot be compared with what is there"


def states(calls: Calls, following: str) -> States:
    """Return the states that look at every stack, side by side, and refuse."""
    fit = f"""(
      $found := $states.result.Summaries[ChangeSetId = $states.input.change_set];
      {{'fit': $exists($found) and $found.Status = 'CREATE_COMPLETE'
        and $found.ExecutionStatus = 'AVAILABLE'
        and $millis() - $toMillis($found.CreationTime) < {DAY_MILLISECONDS}}}
    )"""
    look = {"Find the change set": ("listChangeSets", {"StackName": "stack"}, fit)}
    stacks = "$states.input.orders.stacks"
    fits = f"$count($states.input.checks[fit]) = $count({stacks})"
    same = f"$count($states.input.compared[same]) = $count({stacks})"
    found = "$states.input.compared"
    changes = f"""$join([
      $count({found}.changed) > 0 ? '{CHANGED}: ' & $join({found}.changed, ', '),
      $count({found}.unknown) > 0 ? '{UNCOMPARED}: ' & $join({found}.unknown, ', ')
    ], '; ')"""
    return {
        "Look at the change sets": or_refuse(
            each(stacks, calls.alone(look), "checks", "Can all be executed?")
        ),
        "Can all be executed?": refusing({UNFIT: fits}, "Compare with what is there"),
        "Compare with what is there": or_refuse(
            each(stacks, drift.comparing(calls), "compared", "Is all as it was reviewed?")
        ),
        "Is all as it was reviewed?": refusing({CHANGED: same}, following),
        UNFIT: refusal(UNFIT),
        CHANGED: refusal(jsonata(changes)),
        UNKNOWN: refusal(jsonata("$states.input.failure")),
    }


def refusal(cause: str) -> State:
    """Return the state that ends an execution before it began anything."""
    return {"Type": "Fail", "Error": REFUSED, "Cause": cause}


def or_refuse(state: State) -> State:
    """Refuse where a state fails."""
    failure = jsonata("{'failure': $states.errorOutput.Cause}")
    caught = {"ErrorEquals": ["States.ALL"], "Output": failure, "Next": UNKNOWN}
    return {**state, "Catch": [caught]}
