"""A secret goes to its reader, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runbook.base.errors import UserError
from runbook.credentials.deliver import deliver, write


def test_a_file_is_for_its_owner_alone_whatever_the_umask_and_what_was_there(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    before = os.umask(0)
    try:
        deliver("new", file)
    finally:
        os.umask(before)
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [file]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("another's")
    link.symlink_to(target)
    write(link, "secret")
    assert target.read_text() == "another's"
    assert link.read_text() == "secret"


def test_a_terminal_is_shown_nothing_unless_asked(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(UserError, match="standard output is a terminal") as caught:
        deliver("hidden", None)
    assert "hidden" not in str(caught.value)
    assert capfdbinary.readouterr().out == b""


def test_what_cannot_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        write(tmp_path / "none" / "file", "secret")
    assert missing.value.filename == str(tmp_path / "none" / "file")
    with pytest.raises(IsADirectoryError) as folder:
        write(tmp_path, "secret")
    assert folder.value.filename == str(tmp_path)
