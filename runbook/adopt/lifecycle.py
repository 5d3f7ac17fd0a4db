"""A bucket's lifecycle rules, as the days that the file has for the whole bucket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Rule = Mapping[str, Any]

FIELDS = {
    "expire_after_days": ("ExpirationInDays",),
    "noncurrent_expire_after_days": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    "abort_uploads_after_days": ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
}
"""Where a rule has what a field says."""
KNOWN = {"Id", "Status", "ExpiredObjectDeleteMarker", *(path[0] for path in FIELDS.values())}
"""What a rule may have, to be one that the file can say. Groundwork's own has the marker always."""


def days(rules: Iterable[Rule]) -> dict[str, int]:
    """Return the days of the rules that the file can say; of several, what S3 obeys: the fewest."""
    found: dict[str, int] = {}
    for rule in filter(is_said, rules):
        for field, path in FIELDS.items():
            if number := _at(rule, path):
                found[field] = min(int(number), found.get(field, int(number)))
    return found


def is_said(rule: Rule) -> bool:
    """Tell whether a rule is for the whole bucket, and does only what the file has words for.

    Any other is left alone, whole: without its filter or the versions that it keeps, its days would
    delete what it never did.
    <https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html>
    """
    used = {name for name, value in rule.items() if value}
    inside = {*rule.get("NoncurrentVersionExpiration", {})}
    return rule["Status"] == "Enabled" and used <= KNOWN and inside <= {"NoncurrentDays"}


def _at(rule: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        rule = rule.get(name) or {}
    return rule
