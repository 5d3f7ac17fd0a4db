"""Files copied and mirrored by Debian's AWS CLI, as a nightly job would."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Backups
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]

Run = Callable[..., "subprocess.CompletedProcess[str]"]
LARGE = 100 * 1024 * 1024
DENIED = "AccessDenied"


@pytest.fixture
def run(backups: Backups, tmp_path: Path) -> Run:
    """Run `aws` with a user's key, in the test's own folder."""
    # Debian 12's does not know AWS_ENDPOINT_URL.
    command = [require("aws"), "--endpoint-url", backups.instance.endpoint]

    def run(user: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env=backups.environment(user),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_dump_of_100_mb_arrives_in_parts_and_comes_back_whole(
    backups: Backups, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "dump").write_bytes(random.Random(4).randbytes(LARGE))
    sent = run("dumps", "s3", "cp", "--no-progress", "dump", "s3://nightly-dumps/large/dump")
    assert sent.returncode == 0, sent.stderr
    found = backups.client("s3").head_object(Bucket="nightly-dumps", Key="large/dump")
    assert found["ContentLength"] == LARGE
    assert int(found["ETag"].strip('"').rpartition("-")[2]) > 1

    back = run("restores", "s3", "cp", "--no-progress", "s3://nightly-dumps/large/dump", "back")
    assert back.returncode == 0, back.stderr
    assert (tmp_path / "back").read_bytes() == (tmp_path / "dump").read_bytes()


@pytest.mark.parametrize(
    ("user", "place"), [("dumps", "nightly-dumps/etc"), ("reports", "nightly-dumps/reports")]
)
def test_a_folder_is_mirrored_every_night_and_restored(
    run: Run, tmp_path: Path, user: str, place: str
) -> None:
    folder = written(tmp_path / "folder", kept="1", changed="2", removed="3")
    mirror = ("s3", "sync", "--delete", "folder", f"s3://{place}")
    first = run(user, *mirror)
    assert first.returncode == 0, first.stderr

    (folder / "removed").unlink()
    written(folder, changed="longer", added="4")
    second = run(user, *mirror)
    assert second.returncode == 0, second.stderr

    restored = run(user, "s3", "sync", f"s3://{place}", "restored")
    assert restored.returncode == 0, restored.stderr
    assert contents(tmp_path / "restored") == contents(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("reports", "s3", "cp", "file", "s3://nightly-dumps/etc/file"),
        ("dumps", "s3", "cp", "file", "s3://database-backups/main/file"),
        ("dumps", "s3api", "delete-bucket-lifecycle", "--bucket", "nightly-dumps"),
    ],
    ids=" ".join,
)
def test_the_key_of_a_job_is_refused_everywhere_else(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    written(tmp_path, file="1")
    refused = run(*arguments)
    assert refused.returncode != 0
    assert DENIED in refused.stderr
