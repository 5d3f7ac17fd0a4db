"""Buckets and the users that fill them, written as backup buckets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from runbook.adopt import lifecycle
from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark, without_defaults
from runbook.adopt.policies import KEPT, MOST_KEYS, Held, allowing, held, keys, listed
from runbook.adopt.receiving import stored_in
from settings.models.backup import Bucket

UNSAID_RULE = "the file cannot say it: the next review removes it"
BESIDE = {
    "AccelerateConfiguration": "acceleration",
    "CorsConfiguration": "CORS",
    "InventoryConfigurations": "inventory",
    "LoggingConfiguration": "logging",
    "NotificationConfiguration": "notifications",
    "ReplicationConfiguration": "replication",
    "WebsiteConfiguration": "website",
}
"""What a bucket may do besides, by CloudFormation's names: no template of ours has these."""
UNTIMED_LOCK = "it locks no version by itself, which the file cannot say: it stays as it is"
Holders = list[tuple[Live, list[Held]]]

OTHERS = re.compile(r"cdk-|groundwork-records-|aws-|elasticbeanstalk-|cf-templates-")
"""Buckets of tools, which nobody backs up to."""


def items(account: Account) -> Iterator[Item]:
    """Yield each bucket that somebody has a policy for, and a remark for each other."""
    holders = [(user, [*held(account, user)]) for user in account.each("AWS::IAM::User")]
    received = stored_in(account)
    for bucket in account.each("AWS::S3::Bucket"):
        if not OTHERS.match(bucket.identifier) and bucket.identifier not in received:
            yield _bucket(account, bucket, holders)


def _bucket(account: Account, bucket: Live, holders: Holders) -> Item:
    name, within = bucket.identifier, f"buckets/{bucket.identifier}"
    days, remarks = _lifecycle(account, bucket)
    lock, untimed = _object_lock(account, bucket)
    remarks += [*untimed, *_beside(account, bucket)]
    users: dict[str, Any] = {}
    resources = [bucket._replace(within=within)]
    policy = account.named("AWS::S3::BucketPolicy", name, within)
    resources += [policy] if policy else []
    for user, statements in holders:
        access = _access(name, statements)
        if access:
            more, found = _user(account, user, statements, access, within)
            remarks += more
            if found:
                users[user.identifier] = access
                resources.append(found)
    declared = {
        "region": account.region,
        **days,
        "versioned": _is_versioned(bucket) and not lock,
        "object_lock": lock,
        "users": users or None,
        "tags": account.tags_beside(bucket) or None,
    }
    return Item(
        ("backup", "buckets", name),
        account.region,
        {"region": account.region, **without_defaults(Bucket, declared)},
        tuple(resources),
        tuple(remarks),
        arn_of(account, bucket),
    )


def _is_versioned(bucket: Live) -> bool:
    return bool(bucket.properties.get("VersioningConfiguration", {}).get("Status") == "Enabled")


def _lifecycle(account: Account, bucket: Live) -> tuple[dict[str, int], list[Remark]]:
    """Return the days of rules for the whole bucket; name every other rule."""
    rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", ())
    subject = "lifecycle rule {} of " + named(account, bucket)
    return lifecycle.days(rules), [
        Remark(subject.format(rule.get("Id")), UNSAID_RULE)
        for rule in rules
        if not lifecycle.is_said(rule)
    ]


def _beside(account: Account, bucket: Live) -> Iterator[Remark]:
    for name, called in BESIDE.items():
        if bucket.properties.get(name):
            reason = "the file cannot say it: it stays as it is"
            yield Remark(f"{called} of {named(account, bucket)}", reason)


def _object_lock(account: Account, bucket: Live) -> tuple[dict[str, Any] | None, list[Remark]]:
    """Return for how long S3 locks each version; name a lock that has no time by itself."""
    lock = bucket.properties.get("ObjectLockConfiguration")
    if not lock:
        return None, []
    kept = lock.get("Rule", {}).get("DefaultRetention")
    if not kept:
        return None, [Remark(f"Object Lock of {named(account, bucket)}", UNTIMED_LOCK)]
    days = int(kept.get("Days") or 365 * int(kept["Years"]))
    return {"days": days, "mode": str(kept["Mode"]).lower()}, []


def _access(bucket: str, statements: list[Held]) -> dict[str, str] | None:
    """Return the tool whose access a user has to a bucket, with its prefix; None without any."""
    arn = f"arn:aws:s3:::{bucket}"
    here = [
        item
        for item in statements
        if item.statement["Effect"] == "Allow" and item.actions and _names(item, arn)
    ]
    if not here:
        return None
    if not any(item.allows("s3:PutObject") for item in here):
        return {"tool": "read-only"}
    prefixes = {
        resource.removeprefix(f"{arn}/").removesuffix("/*")
        for item in here
        if item.allows("s3:PutObject")
        for resource in listed(item.statement.get("Resource"))
        if resource.startswith(f"{arn}/") and resource != f"{arn}/*"
    }
    if len(prefixes) == 1:
        return {"tool": "pgbackrest", "prefix": prefixes.pop()}
    return {"tool": "files"}


def _names(item: Held, bucket: str) -> bool:
    """Tell whether a statement is about a bucket, and not about one with a longer name."""
    return any(
        resource.rstrip("*") in (bucket, f"{bucket}/") or resource.startswith(f"{bucket}/")
        for resource in item.resources
    )


def _user(
    account: Account, user: Live, has: list[Held], access: Mapping[str, str], within: str
) -> tuple[list[Remark], Live | None]:
    placed = user._replace(within=f"{within}/users/{user.identifier}")
    if account.owner(user):
        return [], placed
    subject, found = named(account, user), keys(account, user.identifier)
    ids = ", ".join(key["AccessKeyId"] for key in found)
    if len(found) >= MOST_KEYS:
        reason = f"it has two access keys, {ids}: delete one, Groundwork's own takes its place"
        return [Remark(f"user {subject}", reason)], None
    remarks = []
    if found:
        remarks.append(Remark(f"access key {ids} of {subject}", KEPT))
    policies = ", ".join(sorted({item.policy for item in has}))
    reason = (
        f"it stays beside Groundwork's own for {access['tool']}, and allows "
        f"{allowing(has)}: remove it once the user works without it"
    )
    remarks.append(Remark(f"policy {policies} of {subject}", reason))
    return remarks, placed
