"""The folder of a drill, where two of them meet."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from runbook.backup.drill.place import Place
from runbook.base.errors import UserError


def test_a_drill_that_runs_is_not_run_twice_at_once(tmp_path: Path) -> None:
    with Place(tmp_path, "app") as first:
        (first.work / "key").write_text("secret")
        with pytest.raises(UserError, match="running already"), Place(tmp_path, "app"):
            pass
        assert (first.work / "key").exists()
    assert not list(tmp_path.iterdir())


def test_two_drills_of_other_names_run_side_by_side(tmp_path: Path) -> None:
    with Place(tmp_path, "app") as first, Place(tmp_path, "other") as second:
        assert first.work != second.work
    assert not list(tmp_path.iterdir())


def test_a_drill_that_begins_as_another_ends_has_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other removes the folder between our opening it and our lock on it, once."""
    pristine = fcntl.flock
    removed: list[int] = []

    def flock(held: int, operation: int) -> None:
        pristine(held, operation)
        if not removed:
            removed.append(held)
            (tmp_path / "groundwork-drill-app").rmdir()

    monkeypatch.setattr(fcntl, "flock", flock)
    with Place(tmp_path, "app") as place:
        assert removed
        assert place.work.is_dir()
        with pytest.raises(UserError, match="running already"), Place(tmp_path, "app"):
            pass
