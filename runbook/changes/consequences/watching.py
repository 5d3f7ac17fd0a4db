"""What watches and tells: alarms, counts, topics and queues, and who may sign in for how long.

A watch that is only muted looks like nothing in a list of properties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    added,
    both,
    changed,
    falls,
    fewer,
    more,
    number,
    removed,
    rises,
    turned_off,
)
from runbook.changes.consequences.patterns import EVERYTHING, directed
from runbook.changes.parts import Danger
from runbook.changes.template.values import Template

_DOCS = "https://docs.aws.amazon.com"
_ALARMS = f"{_DOCS}/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"
_FILTERED = f"{_DOCS}/sns/latest/dg/sns-subscription-filter-policies.html"
_PUBLIC = f"{_DOCS}/secretsmanager/latest/userguide/auth-and-access_resource-policies.html"
_ATTACHED = (
    f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/"
    "aws-resource-secretsmanager-secrettargetattachment.html"
)
_FILTERS = f"{_DOCS}/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
_ROLES = f"{_DOCS}/IAM/latest/UserGuide/id_roles_update-role-settings.html"
_KEYS = f"{_DOCS}/sns/latest/dg/sns-server-side-encryption.html"
_FAILED = f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
_QUEUES = f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html"


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


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


_counted = changed(_weakens("it counts something else, or elsewhere", _FILTERS))
METRIC_FILTER = Kind(
    rules={
        "FilterPattern": _counted,
        "LogGroupName": _counted,
        "MetricTransformations": _counted,
    }
)

SUBSCRIPTION = Kind(
    rules={
        "FilterPolicy": directed(
            Consequence("it is told of more than before", _FILTERED, danger=Danger.SENDS),
            _weakens("it is no longer told of all that it was", _FILTERED),
            without=EVERYTHING,
        ),
        "FilterPolicyScope": changed(_weakens("it is told of other events", _FILTERED)),
    }
)

_trusts = more(
    Consequence(
        "a provider with another certificate is trusted, too: {more}",
        f"{_DOCS}/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html",
        danger=Danger.TRUST,
    )
)
PROVIDER = Kind(rules={"ThumbprintList": _trusts})

SECRET_POLICY = Kind(
    rules={"BlockPublicPolicy": turned_off(_weakens("its policy may be public", _PUBLIC))}
)

_leads = removed(
    Consequence("the secret leads to another database", _ATTACHED, danger=Danger.INTERRUPTS)
)
ATTACHMENT = Kind(rules={"SecretId": _leads, "TargetId": _leads})

ROLE = Kind(
    rules={
        "MaxSessionDuration": rises(
            _weakens("its sessions last {after} seconds; before: {before}", _ROLES), 3600
        )
    }
)


def _key(page: str) -> Rule:
    """Judge a key: services that send need its permission, which AWS's own key gives to none."""
    words = "who sends to it, services too, and who reads it needs permission for its key"
    return both(
        removed(_weakens("encrypted otherwise, or not at all", page)),
        added(Consequence(words, page, danger=Danger.INTERRUPTS)),
    )


TOPIC = Kind(rules={"KmsMasterKeyId": _key(_KEYS)})

QUEUE = Kind(
    rules={
        "KmsMasterKeyId": _key(_QUEUES),
        "MessageRetentionPeriod": falls(
            _weakens("messages are kept for {after} seconds; before: {before}", _QUEUES), 345_600
        ),
        "RedrivePolicy": removed(
            _weakens("what fails is kept elsewhere, after other attempts or not at all", _FAILED)
        ),
        "SqsManagedSseEnabled": turned_off(_weakens("no longer encrypted", _QUEUES), True),
    }
)

KINDS: Mapping[str, Kind] = {
    "AWS::CloudWatch::Alarm": ALARM,
    "AWS::IAM::OIDCProvider": PROVIDER,
    "AWS::IAM::Role": ROLE,
    "AWS::Logs::MetricFilter": METRIC_FILTER,
    "AWS::SNS::Subscription": SUBSCRIPTION,
    "AWS::SNS::Topic": TOPIC,
    "AWS::SQS::Queue": QUEUE,
    "AWS::SecretsManager::ResourcePolicy": SECRET_POLICY,
    "AWS::SecretsManager::SecretTargetAttachment": ATTACHMENT,
}
