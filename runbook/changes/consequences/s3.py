"""Buckets: what a change of a property does to the objects that lie there today.

<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.consequences.inside import keys
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    days,
    harmless,
    is_on,
    number,
    removed,
)
from runbook.changes.consequences.notifications import notifications
from runbook.changes.parts import Danger, Expiry, Verdict

_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_EXPIRY = f"{_GUIDE}/lifecycle-expire-general-considerations.html"
_LOCK = f"{_GUIDE}/object-lock.html"

_RULE_KEYS = {
    "AbortIncompleteMultipartUpload",
    "ExpirationInDays",
    "ExpiredObjectDeleteMarker",
    "Filter",
    "Id",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "Prefix",
    "Status",
}
"""What a rule may consist of. Transitions are none of ours: they cost, and reading takes hours."""


class Limit(NamedTuple):
    """After how many days objects below a prefix are deleted, or their older versions."""

    prefix: str
    noncurrent: bool
    days: float
    keeps: float = 0
    """How many older versions stay nevertheless."""


def lifecycle(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge lifecycle rules: S3 applies a new one to the objects that are there already."""
    earlier = _rules(before)
    known = limits(before)
    for rule in (rule for rule in _rules(after) if rule not in earlier):
        if unknown := sorted(_unknown(rule)):
            words = f"a lifecycle rule has what is not understood: {', '.join(unknown)}"
            yield Consequence(words, _EXPIRY, Verdict.UNKNOWN)
        for limit in _of_rule(rule):
            if not any(_covers(other, limit) for other in known):
                expiry = Expiry(prefix=limit.prefix, days=limit.days, noncurrent=limit.noncurrent)
                words = _expiring(limit, known)
                yield Consequence(words, _EXPIRY, Verdict.EXPIRES, expiry=expiry)


def limits(configuration: JsonValue) -> list[Limit]:
    """Return every limit that is in force for all that lies below its prefix."""
    plain = (rule for rule in _rules(configuration) if not any(_unknown(rule)))
    return [limit for rule in plain for limit in _of_rule(rule)]


def _rules(configuration: JsonValue) -> list[Mapping[str, JsonValue]]:
    rules = configuration.get("Rules", []) if isinstance(configuration, dict) else []
    found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return [rule for rule in found if is_on(rule.get("Status"))]


def _of_rule(rule: Mapping[str, JsonValue]) -> Iterator[Limit]:
    filtered = rule.get("Filter")
    prefix = filtered.get("Prefix", "") if isinstance(filtered, dict) else rule.get("Prefix", "")
    begin = str(prefix or "")
    if "ExpirationInDays" in rule:
        yield Limit(begin, False, number(rule["ExpirationInDays"]) or 0)
    older = rule.get("NoncurrentVersionExpiration")
    if isinstance(older, dict):
        keeps = number(older.get("NewerNoncurrentVersions"), 0) or 0
        yield Limit(begin, True, number(older.get("NoncurrentDays")) or 0, keeps)
    elif (age := rule.get("NoncurrentVersionExpirationInDays")) is not None:
        yield Limit(begin, True, number(age) or 0)


def _unknown(rule: Mapping[str, JsonValue]) -> Iterator[str]:
    """Yield what narrows or extends a rule in a way that is not read here: tags, dates and more."""
    yield from (key for key in rule if key not in _RULE_KEYS)
    filtered = rule.get("Filter")
    if isinstance(filtered, dict):
        yield from (f"Filter.{key}" for key in filtered if key != "Prefix")


def _covers(known: Limit, limit: Limit) -> bool:
    """Tell whether everything that a limit deletes was deleted by another one, as early."""
    return (
        known.noncurrent == limit.noncurrent
        and limit.prefix.startswith(known.prefix)
        and known.days <= limit.days
        and known.keeps <= limit.keeps
    )


def _expiring(limit: Limit, known: list[Limit]) -> str:
    what = "older versions of objects" if limit.noncurrent else "objects"
    where = f" below {limit.prefix}" if limit.prefix else ""
    same = [
        other
        for other in known
        if other.noncurrent == limit.noncurrent and limit.prefix.startswith(other.prefix)
    ]
    before = min(same, key=lambda other: other.days, default=None)
    was = f"before: {_age(before)}" if before else "they never expired"
    return f"{what}{where} are deleted after {_age(limit)}; {was}"


def _age(limit: Limit) -> str:
    return days(limit.days) + (f", all but the newest {limit.keeps:g}" if limit.keeps else "")


def versioning(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge versioning: without it, what is overwritten or deleted is gone."""
    was, stays = (is_on(v.get("Status")) if isinstance(v, dict) else False for v in (before, after))
    if was and not stays:
        words = "versioning is suspended: what is overwritten or deleted from now on is gone"
        yield Consequence(words, f"{_GUIDE}/versioning-workflows.html", Verdict.WEAKENED)


def object_lock(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge the default retention of new objects."""
    old, new = _retention(before), _retention(after)
    if new[0] < old[0] or (old[1] == "COMPLIANCE" and new[1] != "COMPLIANCE"):
        words = f"new objects are locked for {days(new[0])} ({new[1] or 'not at all'})"
        was = f"{days(old[0])} ({old[1] or 'not at all'})"
        yield Consequence(f"{words}; before: {was}", _LOCK, Verdict.WEAKENED)


def _retention(configuration: JsonValue) -> tuple[float, str]:
    match configuration:
        case {"Rule": {"DefaultRetention": dict(retention)}}:
            age = number(retention.get("Days"), 0) or 0
            years = number(retention.get("Years"), 0) or 0
            return age + 365 * years, str(retention.get("Mode", ""))
    return 0, ""


def _lock_enabled(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    if is_on(before) and not is_on(after):
        yield Consequence("object lock cannot be switched off", _LOCK, danger=Danger.FAILS)
    elif is_on(after):
        words = "object lock is switched on and cannot be switched off again"
        yield Consequence(words, _LOCK, one_way=True)


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, f"{_GUIDE}/{page}", Verdict.WEAKENED)


def _encryption(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge encryption with keys of KMS. Without one, S3 encrypts with its own all the same."""
    (old, rest), (new, other) = map(_keys, (before, after))
    if old and old != new:
        words = "new objects are encrypted with another key"
        yield _weakens(words, "default-bucket-encryption.html")
    if new and old != new:
        words = "new objects are read, and written, by those alone who may use the key"
        yield Consequence(words, f"{_GUIDE}/UsingKMSEncryption.html", danger=Danger.INTERRUPTS)
    if rest != other:
        words = "what else changes of the encryption is not known"
        yield Consequence(words, f"{_GUIDE}/default-bucket-encryption.html", Verdict.UNKNOWN)


def _keys(encryption: JsonValue) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return the keys of KMS that encrypt, and apart what is not read here."""
    rules = keys(encryption).get("ServerSideEncryptionConfiguration")
    found: list[JsonValue] = []
    rest: list[JsonValue] = []
    for rule in rules if isinstance(rules, list) else [encryption] if encryption else []:
        parts = dict(keys(rule))
        parts.pop("BucketKeyEnabled", None)  # fewer calls of KMS, with the same key
        default = parts.pop("ServerSideEncryptionByDefault", None)
        found += [default] if "aws:kms" in str(default) else []
        rest += [parts] if parts else []
    return found, rest


def _copies(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge replication: where a rule that copied copies no longer, or otherwise."""
    old, new = _copied(before), _copied(after)
    if after is None or any(rule not in new for rule in old):
        yield _weakens("objects are no longer copied as before", "replication.html")


def _copied(replication: JsonValue) -> list[Mapping[str, JsonValue]]:
    names = ("Id", "Priority")
    return [{k: v for k, v in rule.items() if k not in names} for rule in _rules(replication)]


def _owners(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge who owns objects. Another owner is read where access is compared."""
    if after is None:
        words = "whether ACLs count is no longer set: they may"
        yield _weakens(words, "about-object-ownership.html")


BUCKET = Kind(
    whole=True,
    rules={
        # What these open is said where access is compared.
        "AccessControl": harmless,
        "OwnershipControls": _owners,
        "PublicAccessBlockConfiguration": harmless,
        "WebsiteConfiguration": harmless,
        "BucketEncryption": _encryption,
        "CorsConfiguration": harmless,
        "LifecycleConfiguration": lifecycle,
        "LoggingConfiguration": removed(
            _weakens("the log of accesses ends, or goes elsewhere", "ServerLogs.html")
        ),
        "MetricsConfigurations": harmless,
        "NotificationConfiguration": notifications,
        "ObjectLockConfiguration": object_lock,
        "ObjectLockEnabled": _lock_enabled,
        "ReplicationConfiguration": _copies,
        "Tags": harmless,
        "VersioningConfiguration": versioning,
    },
)

KINDS: Mapping[str, Kind] = {
    "AWS::S3::Bucket": BUCKET,
}
