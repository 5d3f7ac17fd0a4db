"""What watches and what starts by itself: alarms, rules, schedules, logs, and who may sign in.

A watch that is only muted looks like nothing in a list of properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import JsonValue

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    changed,
    falls,
    fewer,
    number,
    removed,
    rises,
    turned_off,
)
from runbook.changes.review import Danger
from runbook.changes.template.values import Template

_DOCS = "https://docs.aws.amazon.com"
_ALARMS = f"{_DOCS}/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"
_RULES = f"{_DOCS}/eventbridge/latest/userguide/eb-rules.html"
_SCHEDULES = f"{_DOCS}/scheduler/latest/UserGuide/managing-schedule-state.html"
_FLOWS = f"{_DOCS}/step-functions/latest/dg/cw-logs.html"
_LOGGING = f"{_DOCS}/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"
_FILTERED = f"{_DOCS}/sns/latest/dg/sns-subscription-filter-policies.html"
_PUBLIC = f"{_DOCS}/secretsmanager/latest/userguide/auth-and-access_resource-policies.html"
_ATTACHED = (
    f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-secretsmanager-secrettargetattachment.html"
)
_FUNCTIONS = f"{_DOCS}/lambda/latest/dg/configuration-concurrency.html"
_FILTERS = f"{_DOCS}/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
_ROLES = f"{_DOCS}/IAM/latest/UserGuide/id_roles_update-role-settings.html"
_METADATA = f"{_DOCS}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"
_KEYS = f"{_DOCS}/sns/latest/dg/sns-server-side-encryption.html"
_FAILED = f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
_QUEUES = f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html"


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


def _runs(words: str, page: str) -> Rule:
    return changed(Consequence(words, page, danger=Danger.CODE))


ALARM = Kind(
    rules={
        "ActionsEnabled": turned_off(_weakens("it alarms nobody any more", _ALARMS), True),
        "AlarmActions": fewer(_weakens("no longer alarms {gone}", _ALARMS)),
    }
)
WATCHED = (
    "ComparisonOperator",
    "Dimensions",
    "ExtendedStatistic",
    "MetricName",
    "Metrics",
    "Namespace",
    "Period",
    "Statistic",
    "ThresholdMetricId",
    "TreatMissingData",
)
"""What an alarm looks at, and how."""
LIMITS = ("DatapointsToAlarm", "EvaluationPeriods", "Threshold")


def alarm(before: Template, after: Template) -> Iterator[Consequence]:
    """Judge when an alarm goes off: later, for more, or for something else."""
    old, new = before.get("Properties", {}), after.get("Properties", {})
    below = str(new.get("ComparisonOperator", "")).startswith("LessThan")
    for key in LIMITS:
        sides = number(old.get(key)), number(new.get(key))
        lower = below and key == "Threshold"
        if sides[0] is not None and sides[1] is not None and sides[0] != sides[1]:
            if (sides[1] < sides[0]) is lower:
                words = f"it alarms later: {key} {sides[0]:g} → {sides[1]:g}"
                yield _weakens(words, _ALARMS)
        elif sides[0] != sides[1]:
            yield _weakens(f"it alarms otherwise: {key}", _ALARMS)
    if other := [key for key in WATCHED if old.get(key) != new.get(key)]:
        yield _weakens(f"it watches something else: {', '.join(other)}", _ALARMS)


def _targets(page: str) -> Rule:
    """Judge what is started or told: no longer at all, or otherwise. A new one is a destination.

    The role is read where access is compared.
    """

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = _by_arn(before), _by_arn(after)
        if gone := ", ".join(sorted({*old} - {*new})):
            yield _weakens(f"no longer its target: {gone}", page)
        if other := ", ".join(sorted(arn for arn in {*old} & {*new} if old[arn] != new[arn])):
            words = f"what it sends, or how often it tries, is another: {other}"
            yield Consequence(words, page, danger=Danger.CODE)

    return rule


def _by_arn(value: JsonValue) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        target = one if isinstance(one, dict) else {"Arn": one}
        rest = {key: target[key] for key in target if key not in ("Arn", "Id", "RoleArn")}
        found.setdefault(str(target.get("Arn")), []).append(json.dumps(rest, sort_keys=True))
    return {arn: sorted(inputs) for arn, inputs in found.items()}


RULE = Kind(
    rules={
        "EventPattern": _runs("it starts by other events", _RULES),
        "ScheduleExpression": _runs("it starts at {after}; before: {before}", _RULES),
        "State": turned_off(_weakens("it is off: it starts nothing any more", _RULES), True),
        "Targets": _targets(_RULES),
    }
)

SCHEDULE = Kind(
    rules={
        "EndDate": _runs("its last start is {after}; before: {before}", _SCHEDULES),
        "ScheduleExpression": _runs("it starts at {after}; before: {before}", _SCHEDULES),
        "StartDate": _runs("its first start is {after}; before: {before}", _SCHEDULES),
        "State": turned_off(_weakens("it is off: it starts nothing any more", _SCHEDULES), True),
        "Target": _targets(_SCHEDULES),
    }
)


def _capacity(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge how often a function may run at once: not at all switches it off."""
    if number(after) == 0 and number(before) != 0:
        yield Consequence("it runs no more", _FUNCTIONS, danger=Danger.INTERRUPTS)


FUNCTION = Kind(
    rules={
        "LoggingConfig": removed(_weakens("its log goes elsewhere", _LOGGING)),
        "ReservedConcurrentExecutions": _capacity,
    }
)

_counted = changed(_weakens("it counts something else, or elsewhere", _FILTERS))
METRIC_FILTER = Kind(
    rules={
        "FilterPattern": _counted,
        "LogGroupName": _counted,
        "MetricTransformations": _counted,
    }
)

_filtered = changed(_weakens("it is told of other events", _FILTERED))
SUBSCRIPTION = Kind(rules={"FilterPolicy": _filtered, "FilterPolicyScope": _filtered})

SECRET_POLICY = Kind(
    rules={"BlockPublicPolicy": turned_off(_weakens("its policy may be public", _PUBLIC))}
)

_leads = removed(
    Consequence("the secret leads to another database", _ATTACHED, danger=Danger.INTERRUPTS)
)
ATTACHMENT = Kind(rules={"SecretId": _leads, "TargetId": _leads})

STATE_MACHINE = Kind(
    rules={"LoggingConfiguration": removed(_weakens("the log of its work is another", _FLOWS))}
)


def _metadata(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge who may ask a machine for its role's credentials: with a token, or whoever gets in."""
    old, new = (v.get("HttpTokens") if isinstance(v, dict) else None for v in (before, after))
    if old == "required" and new != "required":
        yield _weakens("its role's credentials are given without a token (IMDSv1)", _METADATA)


INSTANCE = Kind(rules={"MetadataOptions": _metadata})

ROLE = Kind(
    rules={
        "MaxSessionDuration": rises(
            _weakens("its sessions last {after} seconds; before: {before}", _ROLES), 3600
        )
    }
)

TOPIC = Kind(
    rules={
        "KmsMasterKeyId": removed(_weakens("encrypted otherwise, or not at all", _KEYS)),
    }
)

QUEUE = Kind(
    rules={
        "KmsMasterKeyId": removed(_weakens("encrypted otherwise, or not at all", _QUEUES)),
        "MessageRetentionPeriod": falls(
            _weakens("messages are kept for {after} seconds; before: {before}", _QUEUES), 345_600
        ),
        "RedrivePolicy": removed(
            _weakens("what fails is kept elsewhere, after other attempts or not at all", _FAILED)
        ),
        "SqsManagedSseEnabled": turned_off(_weakens("no longer encrypted", _QUEUES), True),
    }
)
