"""What is said of a bucket's backups: late, different, missing, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook.backup import bucket as buckets
from runbook.backup.bucket import Contents, Lifecycle
from runbook.backup.report import lateness, report
from runbook.base.names import Kind
from runbook.credentials.keys import Entry, Key
from settings.models.backup import Bucket

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = Key("AKIA", NOW - timedelta(days=3), None)


class S3:
    """S3 with some pages of objects and some rules."""

    def __init__(self, pages: list[list[Any]], rules: list[Any] | None, code: str = "") -> None:
        self.pages, self.rules, self.code = pages, rules, code

    def get_paginator(self, name: str) -> S3:
        assert name == "list_objects_v2"
        return self

    def paginate(self, **given: str) -> Any:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "ListObjectsV2")
        last = len(self.pages) - 1
        for number, page in enumerate(self.pages):
            found = [{"Key": "a", "Size": size, "LastModified": at} for size, at in page]
            yield {"Contents": found, "IsTruncated": number < last}

    def get_bucket_lifecycle_configuration(self, **given: str) -> Any:
        if self.rules is None:
            raise ClientError({"Error": {"Code": "NoSuchLifecycleConfiguration"}}, "Get")
        return {"Rules": self.rules}


RULES: list[Any] = [
    {"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}},
    {"Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}},
    {"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 2}},
    {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
]


def reported(
    monkeypatch: pytest.MonkeyPatch, s3: S3, keys: list[Entry] | None = None, **fields: Any
) -> Any:
    monkeypatch.setattr(buckets, "_s3", lambda region: s3)
    declared = Bucket(region="eu-west-2", **fields)
    return report("dumps", declared, keys or [], NOW)


def entry(current: Key | None) -> Entry:
    return Entry("dumps", Kind.BACKUP_USER, 1, (), current)


def test_a_bucket_as_declared_has_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [[(5, NOW - 30 * HOUR)], [(7, NOW - 2 * HOUR), (1, NOW - 9 * HOUR)]]
    found = reported(
        monkeypatch, S3(pages, RULES), [entry(KEY)], expire_after_days=30, expect_every="24h",
        notify=("a@example.org",),
    )  # fmt: skip
    assert found.problems == []
    assert found.contents == Contents(3, 13, NOW - 2 * HOUR, whole=True)


def test_a_lifecycle_that_somebody_changed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reported(monkeypatch, S3([[]], RULES), expire_after_days=90)
    assert found.problems == ["expire_after_days is 30 days, the file says 90 days"]
    found = reported(monkeypatch, S3([[]], None))
    assert found.problems == ["abort_uploads_after_days is never, the file says 7 days"]


def test_a_bucket_or_a_key_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reported(monkeypatch, S3([], [], "NoSuchBucket")).problems == ["it is not deployed"]
    found = reported(monkeypatch, S3([[]], RULES), [entry(None)], expire_after_days=30)
    assert found.problems == ["dumps has no access key"]


def test_a_bucket_that_is_closed_to_the_caller_is_aws_own_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ClientError):
        reported(monkeypatch, S3([], [], "AccessDenied"))


@pytest.mark.parametrize(
    ("age", "late"), [(23 * HOUR, False), (24 * HOUR, False), (25 * HOUR, True), (None, True)]
)
def test_what_is_later_than_expected_is_late(age: timedelta | None, late: bool) -> None:
    held = Contents(1, 1, NOW - age if age else None, whole=True)
    assert bool(lateness(held, 24 * 3600, NOW)) is late
    assert lateness(held, None, NOW) == []


def test_a_bucket_too_large_to_look_through_is_not_called_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buckets, "MOST_PAGES", 2)
    pages = [[(1, NOW - 90 * HOUR)]] * 3
    found = reported(
        monkeypatch, S3(pages, RULES), expire_after_days=30, expect_every="24h",
        notify=("a@example.org",),
    )  # fmt: skip
    assert found.contents.whole is False
    assert found.contents.count == 2
    assert found.problems == []


def test_each_difference_names_the_field_of_the_file() -> None:
    found = Lifecycle(1, 2, 3).differences(Lifecycle(None, 2, 4))
    assert found == [
        "expire_after_days is 1 day, the file says never",
        "noncurrent_expire_after_days is 3 days, the file says 4 days",
    ]
