"""Secrets, keys and logs: what gets another value, can be read no longer, or is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.access.policy import read_or_mark
from runbook.changes.consequences.inside import keys
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    added,
    both,
    changed,
    falls,
    harmless,
    removed,
    rises,
    turned_off,
)
from runbook.changes.parts import Danger, Verdict

_DOCS = "https://docs.aws.amazon.com"
_SECRETS = (
    f"{_DOCS}/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html"
)
_KEYS = f"{_DOCS}/kms/latest/developerguide"
_LOGS = f"{_DOCS}/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html"

_new_value = changed(
    Consequence("the secret gets a new value, and the old one ends", _SECRETS, Verdict.OVERWRITTEN)
)


def _copies(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge copies of a secret. One more is a destination."""
    stay = after if isinstance(after, list) else []
    gone = [one for one in before if one not in stay] if isinstance(before, list) else []
    if regions := ", ".join(str(keys(one).get("Region")) for one in gone):
        words = f"its copy changes or ends: {regions}"
        yield Consequence(words, _SECRETS, Verdict.WEAKENED)


SECRET = Kind(
    whole=True,
    rules={
        "Description": harmless,
        "GenerateSecretString": _new_value,
        "KmsKeyId": changed(
            Consequence(
                "encrypted with another key: readers need its permission",
                _SECRETS,
                danger=Danger.INTERRUPTS,
            )
        ),
        "ReplicaRegions": _copies,
        "SecretString": _new_value,
        "Tags": harmless,
    },
)


def _key_policy(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge whether policies of IAM count for a key: they do where its account may use it.

    Everything else is read where access is compared.
    """
    if _by_iam(before) and not _by_iam(after):
        words = "policies of IAM count no longer: whoever may use the key by them is refused"
        page = f"{_KEYS}/key-policy-default.html#key-policy-default-allow-root-enable-iam"
        yield Consequence(words, page, danger=Danger.INTERRUPTS)


def _by_iam(policy: JsonValue) -> bool:
    """Tell whether the whole account is allowed; without a policy, KMS says so itself."""
    found = read_or_mark(policy) if policy is not None else ()
    allowed = {who for one in found if one.allows for who in one.who.patterns}
    return policy is None or any(who == "*" or who.endswith(":root") for who in allowed)


KEY = Kind(
    whole=True,
    rules={
        "Description": harmless,
        "EnableKeyRotation": turned_off(
            Consequence(
                "the key is no longer rotated", f"{_KEYS}/rotate-keys.html", Verdict.WEAKENED
            )
        ),
        "Enabled": turned_off(
            Consequence(
                "the key is disabled: what it encrypts cannot be read",
                f"{_KEYS}/enabling-keys.html",
                Verdict.LOCKED,
            ),
            default=True,
        ),
        "KeyPolicy": _key_policy,
        "PendingWindowInDays": falls(
            Consequence(
                "a deletion of the key can be stopped for {days_after} only; before: {days_before}",
                f"{_KEYS}/deleting-keys.html",
                Verdict.WEAKENED,
            ),
            30,
        ),
        "RotationPeriodInDays": rises(
            Consequence(
                "the key is rotated after {days_after}; before: {days_before}",
                f"{_KEYS}/rotate-keys.html",
                Verdict.WEAKENED,
            ),
            365,
        ),
        "Tags": harmless,
    },
)

LOG_GROUP = Kind(
    rules={
        "DeletionProtectionEnabled": turned_off(
            Consequence("deletion protection is switched off", _LOGS, Verdict.WEAKENED)
        ),
        "KmsKeyId": both(
            removed(
                Consequence(
                    "encrypted with another key, or with AWS's own", _LOGS, Verdict.WEAKENED
                )
            ),
            added(
                Consequence(
                    "who reads or writes it needs permission for its key",
                    f"{_DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
                    danger=Danger.INTERRUPTS,
                )
            ),
        ),
        "RetentionInDays": falls(
            Consequence(
                "log events older than {days_after} are deleted; before: {days_before}",
                _LOGS,
                Verdict.EXPIRES,
            ),
            float("inf"),
        ),
    },
)


KINDS: Mapping[str, Kind] = {
    "AWS::KMS::Key": KEY,
    "AWS::Logs::LogGroup": LOG_GROUP,
    "AWS::SecretsManager::Secret": SECRET,
}
