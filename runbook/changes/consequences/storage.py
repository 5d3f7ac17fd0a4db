"""Tables, file systems and disks: what a change does to what lies in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import inside
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    both,
    falls,
    harmless,
    is_on,
    rises,
    turned_off,
)
from runbook.changes.parts import Danger, Verdict

_DOCS = "https://docs.aws.amazon.com"
_TABLES = f"{_DOCS}/amazondynamodb/latest/developerguide"
_FILES = f"{_DOCS}/efs/latest/ug"
_DISKS = f"{_DOCS}/ebs/latest/userguide/modify-volume-requirements.html"


def _recovery(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    key = "PointInTimeRecoveryEnabled"
    was, stays = (is_on(v.get(key)) if isinstance(v, dict) else False for v in (before, after))
    if was and not stays:
        words = "continuous backups are deleted, and nothing can be restored to a moment"
        yield Consequence(words, f"{_TABLES}/Point-in-time-recovery.html", Verdict.EXPIRES)


def _time_to_live(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    if isinstance(after, dict) and is_on(after.get("Enabled")):
        words = f"items are deleted when {after.get('AttributeName')} is past"
        yield Consequence(words, f"{_TABLES}/TTL.html", Verdict.EXPIRES)


TABLE = Kind(
    whole=True,
    rules={
        "AttributeDefinitions": harmless,
        "BillingMode": harmless,
        "DeletionProtectionEnabled": turned_off(
            Consequence(
                "deletion protection is switched off",
                f"{_TABLES}/WorkingWithTables.Basics.html",
                Verdict.WEAKENED,
            )
        ),
        "GlobalSecondaryIndexes": harmless,
        "OnDemandThroughput": harmless,
        "PointInTimeRecoverySpecification": _recovery,
        "ProvisionedThroughput": harmless,
        "ResourcePolicy": harmless,  # read where access is compared
        "StreamSpecification": inside(f"{_TABLES}/Streams.html", {"StreamViewType": harmless}),
        "TableClass": harmless,
        "Tags": harmless,
        "TimeToLiveSpecification": _time_to_live,
    },
)


def _backup_policy(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    was, stays = (is_on(v.get("Status")) if isinstance(v, dict) else False for v in (before, after))
    if was and not stays:
        words = "no more backups are made"
        yield Consequence(words, f"{_FILES}/awsbackup.html", Verdict.WEAKENED)


FILE_SYSTEM = Kind(
    whole=True,
    rules={
        "BackupPolicy": _backup_policy,
        "FileSystemPolicy": harmless,  # read where access is compared
        "FileSystemTags": harmless,
        "LifecyclePolicies": harmless,
        "ProvisionedThroughputInMibps": harmless,
        "ThroughputMode": harmless,
    },
)

VOLUME = Kind(
    whole=True,
    rules={
        "AutoEnableIO": harmless,
        "Iops": harmless,
        "Size": both(
            falls(
                Consequence(
                    "a volume cannot shrink from {before} to {after} GiB",
                    _DISKS,
                    danger=Danger.FAILS,
                ),
                0,
            ),
            rises(
                Consequence("the volume cannot shrink again", _DISKS, one_way=True),
                0,
            ),
        ),
        "Tags": harmless,
        "Throughput": harmless,
        "VolumeType": harmless,
    },
)

KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::Table": TABLE,
    "AWS::EC2::Volume": VOLUME,
    "AWS::EFS::FileSystem": FILE_SYSTEM,
}
