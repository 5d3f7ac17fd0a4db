"""Records in a folder, of a command that is killed while it writes one."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from runbook.base import aws
from runbook.changes import repair
from runbook.changes.records import Records
from runbook.changes.stores import Folder
from tests.runbook.changes.samples import review


def test_a_command_that_is_killed_leaves_a_whole_record_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, seen = Folder(tmp_path), []
    link = os.link

    def looked(written: Path, file: Path) -> None:
        seen.append((file.exists(), list(folder.names(""))))
        link(written, file)

    monkeypatch.setattr(os, "link", looked)
    assert folder.create("executions/one.json", "{}")
    assert seen == [(False, [])]
    assert not folder.create("executions/one.json", "another")
    assert folder.read("executions/one.json") == "{}"
    assert [file.name for file in (tmp_path / "executions").iterdir()] == ["one.json"]


def test_a_review_that_cannot_be_read_is_named_and_stops_no_command(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=120)
    records = Records(Folder(tmp_path), "AIDABOB")
    caller = aws.Caller("123456789012", "arn:aws:iam::123456789012:user/bob", "AIDABOB")
    identifier = review().id
    records.store.write(f"reviews/AIDABOB/{identifier}/review.json", "{")
    records.store.write(f"executions/{identifier}/20261122T101500000000-begun.json", "{}")
    assert not repair.put_back(console, caller, records)
    assert isinstance(console.file, io.StringIO)
    assert f"The execution of review {identifier} was killed" in console.file.getvalue()
