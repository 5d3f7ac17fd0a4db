"""What adopt says to do next."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from runbook.adopt import commands
from runbook.adopt.commands import _say_next
from runbook.adopt.found import Found
from runbook.adopt.item import Edit, Item
from runbook.adopt.options import Home, Options
from runbook.drift import deployed, look
from runbook.drift.change import Change, Drift, Sort


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("groundwork.yaml", "groundwork changes prepare"),
        ("teams/our file.yaml", "groundwork changes prepare --config 'teams/our file.yaml'"),
    ],
)
def test_the_next_step_is_for_the_same_file(file: str, said: str) -> None:
    edit = Edit(("data", "databases", "books"), "instance", "db.t3.micro", "db.t3.large")
    found = Found("123456789012", ("us-east-1",), (), (edit,), (), "")
    text = io.StringIO()
    _say_next(Console(file=text), Options(Path(file), Path(".local"), write=True), found)
    assert text.getvalue().endswith(f"then: {said}\n")


def _buckets(days: int) -> list[Item]:
    paths = [("backup", "buckets", name) for name in ("kept", "left-out")]
    return [Item(path, "us-east-1", {"expire_after_days": days}) for path in paths]


def _change(bucket: str) -> Change:
    place = f"buckets/{bucket}/bucket"
    return Change(
        stack="backup-us-east-1", region="us-east-1", place=place, sort=Sort.DATA, what="CORS"
    )


def test_what_was_changed_of_an_item_that_is_left_out_is_neither_taken_over_nor_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drift = Drift(changes=(_change("kept"), _change("left-out")))
    monkeypatch.setattr(deployed, "stacks", lambda _: [])
    monkeypatch.setattr(look, "at", lambda _: drift)
    monkeypatch.setattr(commands, "inventory", lambda *_: _buckets(30))
    text = "backup: {buckets: {kept: {}, left-out: {}}}"
    left_out = ("backup/buckets/left-out",)
    options = Options(Path("x.yaml"), Path(), only=("backup",), without=left_out)
    home = Home("123456789012", "us-east-1")
    edits, _ = commands._changed(options, home, (), text, _buckets(7))
    assert [edit.path[-1] for edit in edits] == ["kept"]
    _, remarks = commands._changed(options, home, (), text, _buckets(30))
    assert [remark.subject for remark in remarks] == ["backup/buckets/kept: CORS"]
