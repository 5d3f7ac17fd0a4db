"""What starts by itself, and what it starts: rules, schedules, functions and machines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import keys
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    falls,
    number,
    removed,
    turned_off,
)
from runbook.changes.consequences.patterns import NOTHING, directed
from runbook.changes.parts import Danger

_DOCS = "https://docs.aws.amazon.com"
_RULES = f"{_DOCS}/eventbridge/latest/userguide/eb-rules.html"
_SCHEDULES = f"{_DOCS}/scheduler/latest/UserGuide/schedule-types.html"
_OFF = f"{_DOCS}/scheduler/latest/UserGuide/managing-schedule-state.html"
_FLOWS = f"{_DOCS}/step-functions/latest/dg/cw-logs.html"
_LOGGING = f"{_DOCS}/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"
_FUNCTIONS = f"{_DOCS}/lambda/latest/dg/configuration-concurrency.html"
_LIMITS = f"{_DOCS}/lambda/latest/dg/configuration-function-common.html"
_ASYNC = f"{_DOCS}/lambda/latest/dg/invocation-async-configuring.html"
_ROTATION = f"{_DOCS}/secretsmanager/latest/userguide/rotate-secrets_schedule.html"


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


def _stops(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.INTERRUPTS)


def _runs(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.CODE)


def _targets(page: str) -> Rule:
    """Judge what is started or told: no longer at all, or otherwise. A new one is a destination.

    The role is read where access is compared.
    """

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = _by_arn(before), _by_arn(after)
        if gone := ", ".join(sorted({*old} - {*new})):
            yield _weakens(f"no longer its target: {gone}", page)
        if other := ", ".join(sorted(arn for arn in {*old} & {*new} if old[arn] != new[arn])):
            yield _runs(f"what it sends, or how often it tries, is another: {other}", page)

    return rule


def _by_arn(value: JsonValue) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        target = one if isinstance(one, dict) else {"Arn": one}
        rest = {key: target[key] for key in target if key not in ("Arn", "Id", "RoleArn")}
        found.setdefault(str(target.get("Arn")), []).append(json.dumps(rest, sort_keys=True))
    return {arn: sorted(inputs) for arn, inputs in found.items()}


def _times(page: str) -> Rule:
    """Judge when something starts: less often, or at times at which it did not."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        words = f"it starts {after or 'at no time'}; before: {before or 'at no time'}"
        old, new = (_an_hour(side) for side in (before, after))
        rarer = new == 0 or (old is not None and new is not None and new < old)
        if rarer:
            yield _weakens(f"less often: {words}", page)
        if not rarer or str(after).startswith("at("):
            yield _runs(words, page)

    return rule


def _an_hour(expression: JsonValue) -> float | None:
    """Return how often an hour a rate is; 0 for once or never, None where a calendar says when."""
    units = {"minute": 60, "hour": 1, "day": 1 / 24}
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", str(expression))
    if rate:
        return units[rate[2]] / int(rate[1])
    return 0 if expression is None or str(expression).startswith("at(") else None


def _bound(words: str, *, later_is_more: bool) -> Rule:
    """Judge the first or the last day on which a schedule starts anything: none is no bound."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        text = f"{words} is {after or 'any day'}; before: {before or 'any day'}"
        if after is None or (before is not None and (str(after) > str(before)) is later_is_more):
            yield _runs(text, _SCHEDULES)
        else:
            yield _weakens(text, _SCHEDULES)

    return rule


RULE = Kind(
    rules={
        "EventPattern": directed(
            _runs("it starts by events that did not start it", _RULES),
            _weakens("it no longer starts by all the events that started it", _RULES),
            without=NOTHING,
        ),
        "ScheduleExpression": _times(_RULES),
        "State": turned_off(_weakens("it is off: it starts nothing any more", _RULES), True),
        "Targets": _targets(_RULES),
    }
)

SCHEDULE = Kind(
    rules={
        "EndDate": _bound("its last day", later_is_more=True),
        "ScheduleExpression": _times(_SCHEDULES),
        "StartDate": _bound("its first day", later_is_more=False),
        "State": turned_off(_weakens("it is off: it starts nothing any more", _OFF), True),
        "Target": _targets(_SCHEDULES),
    }
)


def _capacity(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge how often a function may run at once: not at all switches it off."""
    old, new = (number(side, float("inf")) for side in (before, after))
    if new == 0:
        yield _stops("it runs no more", _FUNCTIONS)
    elif old is None or new is None or new < old:
        yield _stops(f"it runs {after} times at once at most, and further calls fail", _FUNCTIONS)


FUNCTION = Kind(
    rules={
        "LoggingConfig": removed(_weakens("its log goes elsewhere", _LOGGING)),
        "MemorySize": falls(_stops("a run has {after} MB; before: {before} MB", _LIMITS), 128),
        "ReservedConcurrentExecutions": _capacity,
        "Timeout": falls(
            _stops("a run is stopped after {after} seconds; before: {before}", _LIMITS), 3
        ),
    }
)

INVOKED = Kind(
    rules={
        "MaximumEventAgeInSeconds": falls(
            _weakens("an event is given up after {after} seconds; before: {before}", _ASYNC), 21_600
        ),
        "MaximumRetryAttempts": falls(
            _weakens("a run that fails is repeated {after} times; before: {before}", _ASYNC), 2
        ),
    }
)

STATE_MACHINE = Kind(
    rules={"LoggingConfiguration": removed(_weakens("the log of its work is another", _FLOWS))}
)


def _rotation(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge when a secret is rotated: more often alone is no weaker."""
    key = "AutomaticallyAfterDays"
    old, new = (number(keys(side).get(key)) for side in (before, after))
    sides = ({**keys(side), key: None} for side in (before, after))
    if next(sides) != next(sides) or old is None or new is None or new > old:
        words = "the secret is rotated at other times, or no longer by itself"
        yield _weakens(words, _ROTATION)


ROTATION = Kind(
    rules={
        "RotationRules": _rotation,
    }
)

KINDS: Mapping[str, Kind] = {
    "AWS::Events::Rule": RULE,
    "AWS::Lambda::EventInvokeConfig": INVOKED,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Scheduler::Schedule": SCHEDULE,
    "AWS::SecretsManager::RotationSchedule": ROTATION,
    "AWS::StepFunctions::StateMachine": STATE_MACHINE,
}
