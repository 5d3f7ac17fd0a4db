"""Drills of files and dumps: the newest object is judged before it is fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runbook.backup.drill import files
from runbook.backup.drill.assignment import Assignment, DrillError, Findings
from settings.models.backup import FilesUser
from settings.models.drills import Drill

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Assignment]:
    """A drill of a bucket with one dump, of which nothing can be fetched."""

    def make(hours: int) -> Assignment:
        dump = {"Key": "db.gz", "LastModified": NOW - timedelta(hours=hours), "Size": 9}
        pages: Any = SimpleNamespace(paginate=lambda **_: [{"Contents": [dump]}])
        s3: Any = SimpleNamespace(get_paginator=lambda _: pages)
        monkeypatch.setattr(files, "session", lambda _: SimpleNamespace(client=lambda *_, **__: s3))
        return Assignment(
            drill=Drill(of="dumps"),
            writer=FilesUser(tool="files"),
            secret=SimpleNamespace(bucket="nightly"),  # type: ignore[arg-type]
            max_age=26 * 3600,
            work=tmp_path,
            findings=Findings(print),
            began=NOW,
        )

    return make


def test_an_old_dump_is_found_before_it_is_fetched(given: Callable[..., Assignment]) -> None:
    with pytest.raises(DrillError) as caught:
        files.restore(given(27))
    assert caught.value.problem == (
        "the newest backup, db.gz, is 27 hours old; at most 26 hours are expected"
    )


def test_a_dump_that_is_as_young_as_expected_is_fetched(given: Callable[..., Assignment]) -> None:
    with pytest.raises(AttributeError, match="download_file"):
        files.restore(given(25))
