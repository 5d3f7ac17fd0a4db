"""What the state machine does that guards what an execution left, in the Amazon States Language.

Of an execution that is aborted, times out, or breaks by itself, Step Functions runs no further
state: it puts nothing back. EventBridge starts this one then. It believes only what Step Functions
says of that execution, and it only tightens: so it does no harm, whoever starts it.
<https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>
"""

from __future__ import annotations

from groundwork.access import stack_flow
from groundwork.access.calls import Calls, task
from groundwork.access.definition import Rules, record
from groundwork.kit.states import State, choice, each, jsonata
from settings.contract import REFUSED

STOPPED = ("ABORTED", "FAILED", "TIMED_OUT")
"""How an execution ends that did not succeed."""
OWN_ENDS = f"['Failed', '{REFUSED}']"
"""The errors of ends that the execution reached by itself, with its guards."""


def definition(rules: Rules, calls: Calls, executions: str) -> State:
    """Return the definition. `executions` is what the ARNs of the executions begin with."""
    guarded, left = "Guard the stacks", "Nothing to do"
    failed = "$count($states.input.ended[$not(ok)]) > 0"
    words = (
        f"'It was stopped, and ' & ({failed} ? 'NOT everything' : 'everything') & ' is guarded.'"
    )
    said = f"$join([{words}, $states.input.ended.message], ' ')"
    key = "'reviews/' & $states.input.author & '/' & $states.input.review & '/orders.json'"
    return {
        "Comment": "Guards the stacks of an execution that was stopped before it did so itself",
        "QueryLanguage": "JSONata",
        "StartAt": "Look at the execution",
        "States": {
            "Look at the execution": task(
                "sfn:describeExecution",
                {"ExecutionArn": jsonata(f"'{executions}' & $states.input.detail.name")},
                _seen(),
                "Was it stopped?",
            ),
            "Was it stopped?": choice({"Read what it executed": "$states.input.stopped"}, left),
            left: {"Type": "Succeed"},
            "Read what it executed": task(
                "s3:getObject",
                {"Bucket": rules.records, "Key": jsonata(key)},
                _orders(),
                guarded,
            ),
            guarded: each(
                "$states.input.orders.stacks",
                stack_flow.guarding(calls),
                "ended",
                "Record that it was stopped",
            ),
            "Record that it was stopped": record(rules, "failed", said, "Is all guarded?"),
            "Is all guarded?": choice({"Not guarded": failed}, "Guarded"),
            "Guarded": {"Type": "Succeed"},
            "Not guarded": {"Type": "Fail", "Error": "NotGuarded", "Cause": jsonata(said)},
        },
    }


def _seen() -> str:
    """Return what of the execution's description is needed. What it was given, anybody chose."""
    stopped = "$states.result.Status in ['ABORTED', 'TIMED_OUT']"
    broke = f"$states.result.Status = 'FAILED' and $not($states.result.Error in {OWN_ENDS})"
    return f"""{{
      'review': $states.result.Name,
      'author': $parse($states.result.Input).author,
      'starter': $states.context.StateMachine.Name,
      'stopped': ({stopped}) or ({broke})
    }}"""


def _orders() -> str:
    """Return the orders, and what a record needs besides: nobody's approval is read here."""
    return """{
      'orders': $merge([$parse($states.result.Body), {'review': $states.input.review}]),
      'starter': $states.input.starter,
      'approvals': [{'digest': ''}]
    }"""
