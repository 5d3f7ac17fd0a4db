"""What an execution looks at before it begins, and once more before each wave of stacks.

Whatever is not as it was reviewed, or cannot be looked at, refuses: of that wave nothing was begun.
"""

from __future__ import annotations

from groundwork.access import contents, drift
from groundwork.access.calls import Calls
from groundwork.kit.states import State, States, choice, each, jsonata, quoted, refusing
from settings.contract import REFUSED

UNFIT = "A change set is gone, was executed, or is older than a day"
NESTED = "A change set has a nested stack, whose template is in no review"
KEPT = "Data would be lost that the file says to keep"
CHANGED = "What the review changes was changed since"
UNCOMPARED = "What the review changes cannot be compared with what is there"
COMPARE = "Compare with what is there"
TOO_LARGE = "States.DataLimitExceeded"
"""What an answer of more than 256 KiB fails with, which `States.ALL` does not name.

<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>"""
BEGUN, REFUSE = "Has anything begun?", "Refuse"
WAVE = "[$states.input.orders.stacks[$states.input.wave in [0, wave]]]"
"""The stacks that are looked at: all of them before the first wave, later those of each."""


def states(calls: Calls, approval: str, following: dict[str, str], failed: str) -> States:
    """Return the states that look at stacks, side by side, and refuse.

    `approval` is the state that decides whether what was found is what was approved: it leads on to
    `COMPARE`, to which later waves go at once. `following` is what comes then, of the first wave
    and of others, and `failed` what comes when one of the others is refused.
    """
    found = "$states.input.compared"
    changes = f"""$join([
      $count({found}.changed) > 0 ? '{CHANGED}: ' & $join({found}.changed, ', '),
      $count({found}.unknown) > 0 ? '{UNCOMPARED}: ' & $join({found}.unknown, ', ')
    ], '; ')"""
    look = each(WAVE, contents.looking(calls), "checks", "Can all be executed?")
    compare = each(
        "[$states.input.checks]", drift.comparing(calls), "compared", "Is all as it was reviewed?"
    )
    asked = {UNFIT: "fit", NESTED: "plain", KEPT: "keeps"}
    needed = {why: _all("checks", field) for why, field in asked.items()}
    first = "$states.input.wave = 0"
    return {
        "Look at the change sets": _caught(look),
        "Can all be executed?": refusing(needed, "Is it approved already?"),
        "Is it approved already?": choice({approval: first}, COMPARE),
        COMPARE: _caught(compare),
        "Is all as it was reviewed?": refusing(
            {CHANGED: _all("compared", "same")}, "Is it the first wave?"
        ),
        "Is it the first wave?": choice({following["first"]: first}, following["others"]),
        **{why: _because(quoted(why)) for why in asked},
        CHANGED: _because(changes),
        BEGUN: choice({failed: "$states.input.wave > 0"}, REFUSE),
        REFUSE: refusal(jsonata("$states.input.failure")),
    }


def refusal(cause: str) -> State:
    """Return the state that ends an execution before it began anything."""
    return {"Type": "Fail", "Error": REFUSED, "Cause": cause}


def or_refuse(state: State) -> State:
    """Refuse where a state fails that comes before all others."""
    return {**state, "Catch": [_catch("{'failure': $states.errorOutput.Cause}", REFUSE)]}


def _all(checked: str, field: str) -> str:
    return f"$count($states.input.{checked}[{field}]) = $count($states.input.{checked})"


def _caught(state: State) -> State:
    catch = _catch(_failure("$states.errorOutput.Cause"), BEGUN)
    return {**state, "Catch": [{**catch, "ErrorEquals": [TOO_LARGE]}, catch]}


def _catch(output: str, following: str) -> State:
    return {"ErrorEquals": ["States.ALL"], "Output": jsonata(output), "Next": following}


def _because(text: str) -> State:
    return {"Type": "Pass", "Output": jsonata(_failure(text)), "Next": BEGUN}


def _failure(text: str) -> str:
    """Keep why the stacks are refused, for the end of the execution or for its record."""
    return f"$merge([$states.input, {{'failure': {text}, 'message': [{text}], 'ended': []}}])"
