"""Machines backed up by Debian's restic: one that may forget, and one that only adds."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import IO

import pytest

from tests.clients.conftest import Backups
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]

BUCKET = "machine-snapshots"
SECONDS = 60
DENIED = re.compile("Access Denied|is not authorized to perform")


class Restic:
    """The program, with the key of one user and a repository below one prefix."""

    def __init__(self, backups: Backups, user: str, prefix: str, folder: Path) -> None:
        address = f"https://localhost:{backups.instance.port}/{BUCKET}/{prefix}"
        certificate = str(backups.instance.certificate)
        self.command = [require("restic"), "-r", f"s3:{address}", "--cacert", certificate]
        self.folder = folder
        self.environment = {
            **backups.environment(user),
            "RESTIC_PASSWORD": "only an example",
            "RESTIC_CACHE_DIR": str(folder / "cache"),
        }
        # It asks S3 for the bucket's region, unless it is told.
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            del self.environment[name]

    def __call__(self, *arguments: str) -> str:
        finished = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def refusal(self, *arguments: str) -> str:
        """Run what has to be refused, and interrupt it then: it would try again for minutes."""
        process = subprocess.Popen(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr
            said = until_denied(process.stderr)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=SECONDS)
        finally:
            process.kill()
            process.wait()
        assert process.returncode != 0
        return said

    def snapshots(self) -> list[str]:
        return [found["short_id"] for found in json.loads(self("snapshots", "--json")) or ()]

    def locks(self) -> list[str]:
        return self("list", "locks", "--no-lock").split()


def until_denied(stream: IO[str]) -> str:
    said = []
    for line in stream:
        said.append(line)
        if DENIED.search(line):
            break
    return "".join(said)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "first").write_text("1")
    return folder


def test_a_machine_backs_up_checks_restores_and_forgets(
    backups: Backups, tmp_path: Path, files: Path
) -> None:
    # Before 0.15, restic cannot itself make a repository below a prefix (restic#4085).
    Restic(backups, "keeper", "laptop", tmp_path)("init")
    restic = Restic(backups, "laptop", "laptop", tmp_path)
    restic("backup", "files")
    (files / "second").write_text("2")
    restic("backup", "files")
    assert len(restic.snapshots()) == 2

    restic("forget", "--keep-last", "1", "--prune")
    restic("check", "--read-data")
    assert len(restic.snapshots()) == 1
    assert restic.locks() == []

    restic("restore", "latest", "--target", "restored")
    restored = {file.name: file.read_text() for file in (tmp_path / "restored/files").iterdir()}
    assert restored == {"first": "1", "second": "2"}


def test_what_only_adds_cannot_forget_and_what_keeps_can(
    backups: Backups, tmp_path: Path, files: Path
) -> None:
    keeper = Restic(backups, "keeper", "server", tmp_path)
    keeper("init")
    server = Restic(backups, "server", "server", tmp_path)
    server("backup", "files")
    (files / "second").write_text("2")
    server("backup", "files")
    before = server.snapshots()
    assert len(before) == 2
    assert server.locks() == []

    said = server.refusal("forget", "--keep-last", "1", "--prune")
    assert "<snapshot/" in said
    assert DENIED.search(said)
    assert server.snapshots() == before
    assert server.locks() == []
    server("check", "--read-data")

    keeper("forget", "--keep-last", "1", "--prune")
    assert len(keeper.snapshots()) == 1


def test_its_key_opens_no_other_machines_repository(backups: Backups, tmp_path: Path) -> None:
    other = Restic(backups, "laptop", "server", tmp_path)
    assert DENIED.search(other.refusal("snapshots"))
