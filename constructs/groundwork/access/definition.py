"""What the state machine does that executes approved changes, in the Amazon States Language.

It believes nothing that whoever starts it says. The start names who prepared and who approved; the
records below their paths, which nobody else can write, say what. Its own name is the review's, so
that a review has one execution.
<https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>
"""

from __future__ import annotations

from dataclasses import dataclass

from groundwork.access import checking, stack_flow
from groundwork.access.calls import Calls, task
from groundwork.access.groups import ApproverGroup, is_heard
from groundwork.kit.states import State, States, choice, each, jsonata, refusing
from settings.contract import (
    APPROVAL_CHECK,
    ENOUGH_PEOPLE,
    GROUP_MISSING,
    ORDERS_FORMAT,
    OTHER_PERSON,
)

LONGEST = 24 * 60 * 60
"""The seconds after which an execution is ended, and its stacks are guarded: no policy stays lifted
for longer, whatever hangs."""
NAME = "$states.context.Execution.Name"
PEOPLE = """(
  $name := function($who) { $lowercase($split($who, ':')[-1]) };
  $approvers := $distinct($map($states.input.approvals.who, $name));
  %s
)"""
OTHER_VERSION = "It was started by another version of Groundwork than the access stack's"
AFTER_CHECKS = {"first": "Record the beginning", "others": "Execute a wave"}
FAILED = "Record the failure"
OWN_NAMES = (
    "$count($states.input.orders.stacks[$split(stack, '/')[1] = name]) "
    "= $count($states.input.orders.stacks)"
)
"""Every stack is named by its ARN, which has its name: by that a group's stacks are told."""


@dataclass(frozen=True)
class Rules:
    """What has to be true of every execution, as it is deployed."""

    records: str
    """The bucket of the records."""
    approvers: int
    two_people: bool
    groups: tuple[ApproverGroup, ...] = ()


def definition(rules: Rules, calls: Calls) -> State:
    """Return the definition. Every state's name says what it does: people read them."""
    return {
        "Comment": "Executes what was reviewed and approved, and puts the guards back",
        "QueryLanguage": "JSONata",
        "StartAt": "Is it of this version?",
        "TimeoutSeconds": LONGEST,
        "States": {
            **_reading(rules),
            **checking.states(calls, APPROVAL_CHECK, AFTER_CHECKS, FAILED),
            **_deciding(rules),
            **_doing(rules, calls),
        },
    }


def _reading(rules: Rules) -> States:
    orders = f"'reviews/' & $states.input.author & '/' & {NAME} & '/orders.json'"
    approval = f"'approvals/' & $states.input & '/' & {NAME} & '.json'"
    # Step Functions writes the letters of an acronym its own way, and no page says how.
    checksum = "$sift($states.result, function($v, $k) { $lowercase($k) = 'checksumsha256' }).*"
    begun = f"'approvals/' & $states.input.starter & '/' & {NAME} & '/start.json'"
    known = f"""{{
      'checksum': {checksum}, 'orders': $parse($states.result.Body),
      'wave': 0, 'ended': [], 'message': []
    }}"""
    read = f"$merge([$states.input, {known}])"
    said = "($said := $parse($states.result.Body); "
    said += "{'who': $states.input, 'orders': $said.orders, 'digest': $said.digest})"
    get = {"Bucket": rules.records, "ChecksumMode": "ENABLED"}
    return {
        "Is it of this version?": refusing(
            {OTHER_VERSION: f"$states.input.format = {ORDERS_FORMAT}"}, "Read what was prepared"
        ),
        OTHER_VERSION: checking.refusal(OTHER_VERSION),
        "Read what was prepared": checking.or_refuse(
            task("s3:getObject", {**get, "Key": jsonata(orders)}, read, "Read who starts it")
        ),
        "Read who starts it": checking.or_refuse(
            task(
                "s3:getObject",
                {**get, "Key": jsonata(begun)},
                "$states.input",
                "Read the approvals",
            )
        ),
        "Read the approvals": checking.or_refuse(
            each(
                "[$states.input.approvers]",
                {"Read an approval": task("s3:getObject", {**get, "Key": jsonata(approval)}, said)},
                "approvals",
                "Look at the change sets",
            )
        ),
    }


def _deciding(rules: Rules) -> States:
    approvals = "$count($states.input.approvals)"
    same = "$count($states.input.approvals[orders = $states.input.checksum])"
    ids = "$count($states.input.approvals[$not($contains(who, '/'))])"
    needed = {
        "It was prepared with another version of Groundwork": (
            f"$states.input.orders.format = {ORDERS_FORMAT}"
        ),
        "Not somebody's id": " and ".join(
            (
                "$not($contains($states.input.author, '/'))",
                "$not($contains($states.input.starter, '/'))",
                f"{ids} = {approvals}",
            )
        ),
        "The orders are another review's": f"$states.input.orders.review = {NAME}",
        "A stack is not the one that it is called": OWN_NAMES,
        "What was prepared is not what was approved": f"{same} = {approvals}",
        "Too few people approved": PEOPLE % f"{ENOUGH_PEOPLE}{rules.approvers}",
    }
    for group in rules.groups:
        needed[f"{GROUP_MISSING}{group.name}"] = is_heard(group)
    if rules.two_people:
        other = "$not($name($states.input.author) in $approvers)"
        needed[OTHER_PERSON] = PEOPLE % other
    return {
        APPROVAL_CHECK: refusing(needed, checking.COMPARE),
        **{why: checking.refusal(why) for why in needed},
    }


def _doing(rules: Rules, calls: Calls) -> States:
    more = "$states.input.wave < $max($states.input.orders.stacks.wave)"
    wave = each(
        "[$states.input.orders.stacks[wave = $states.input.wave]]",
        stack_flow.executing(calls),
        "ended",
        "What comes next?",
    )
    cause = jsonata("$merge([$states.input, {'message': $states.errorOutput.Cause}])")
    wave["Catch"] = [{"ErrorEquals": ["States.ALL"], "Output": cause, "Next": FAILED}]
    well = "$count($states.input.ended[ok]) = $count($states.input.ended)"
    advance = "$merge([$states.input, {'wave': $states.input.wave + 1}])"
    messages = "$join([$states.input.message, $states.input.ended[$not(ok)].message], '; ')"
    return {
        AFTER_CHECKS["first"]: record(rules, "begun", "''", AFTER_CHECKS["others"]),
        AFTER_CHECKS["others"]: wave,
        "What comes next?": choice(
            {FAILED: f"$not({well})", "Take the next wave": more},
            "Record the end",
        ),
        "Take the next wave": {
            "Type": "Pass",
            "Output": jsonata(advance),
            "Next": "Look at the change sets",
        },
        "Record the end": record(rules, "executed", "''", "Executed"),
        "Executed": {"Type": "Succeed"},
        FAILED: record(rules, "failed", messages, "Failed", f"{{'failure': {messages}}}"),
        "Failed": {"Type": "Fail", "Error": "Failed", "Cause": jsonata("$states.input.failure")},
    }


def record(rules: Rules, status: str, message: str, following: str, more: str = "{}") -> State:
    """Return the state that records how far a review's execution came."""
    moment = "$now('[Y0001][M01][D01]T[H01][m01][s01][f001]') & '000'"
    key = f"'executions/' & $states.input.orders.review & '/' & {moment} & '-{status}.json'"
    body = {
        "review": jsonata("$states.input.orders.review"),
        "digest": jsonata("$states.input.approvals[0].digest"),
        "executed_by": jsonata("$states.input.starter"),
        "execution": jsonata("$states.context.Execution.Id"),
        "executed_at": jsonata("$now()"),
        "status": status,
        "change_sets": jsonata("[$states.input.orders.stacks.change_set]"),
        "message": jsonata(message),
    }
    put = {
        "Bucket": rules.records,
        "Key": jsonata(key),
        "Body": body,
        "ContentType": "application/json",
        "IfNoneMatch": "*",
        "ChecksumAlgorithm": "SHA256",
    }
    return task("s3:putObject", put, f"$merge([$states.input, {more}])", following)
