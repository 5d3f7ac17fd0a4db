"""A real PostgreSQL, backed up and restored by Debian's pgBackRest."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import REGION, Backups
from tests.clients.postgresql import Cluster, attempt, give, run
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]

BUCKET = "database-backups"
CONFIGURATION = """
[global]
repo1-type=s3
repo1-path=/main
repo1-s3-bucket={bucket}
repo1-s3-endpoint=s3.{region}.amazonaws.com
repo1-s3-region={region}
repo1-s3-uri-style=path
repo1-s3-key={aws_access_key_id}
repo1-s3-key-secret={aws_secret_access_key}
repo1-storage-host=localhost
repo1-storage-port={port}
repo1-storage-ca-file={folder}/ca.pem
repo1-storage-verify-tls=y
repo1-retention-full=1
repo1-bundle=y
start-fast=y
process-max=2
lock-path={folder}/lock
spool-path={folder}/spool
log-level-file=off
log-level-console=warn

[main]
pg1-path={folder}/original
pg1-socket-path={folder}
"""
ROWS = "SELECT id, value FROM items ORDER BY id"


class PgBackRest:
    """The program, with a configuration file that has one user's key."""

    def __init__(self, backups: Backups, folder: Path, user: str, *, bucket: str = BUCKET) -> None:
        file = folder / f"{user}.conf"
        file.touch(mode=0o600)
        place = {"bucket": bucket, "region": REGION, "port": backups.instance.port}
        key = backups.key(user)
        file.write_text(CONFIGURATION.format(folder=folder, **place, **key))
        give(file)
        shutil.copy(backups.instance.certificate, folder / "ca.pem")
        (folder / "ca.pem").chmod(0o644)
        self.command = [require("pgbackrest"), f"--config={file}", "--stanza=main"]

    def __call__(self, *arguments: str) -> str:
        return run(*self.command, *arguments)

    def refusal(self, *arguments: str) -> str:
        """Run what has to fail, and return what it says."""
        finished = attempt(*self.command, *arguments)
        assert finished.returncode != 0, finished.stdout
        return finished.stdout + finished.stderr


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the server's account can reach, unlike pytest's, with a short path."""
    require("postgres")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        give(Path(name))
        yield Path(name)


@pytest.fixture(scope="module")
def pgbackrest(backups: Backups, folder: Path) -> PgBackRest:
    return PgBackRest(backups, folder, "database")


@pytest.fixture(scope="module")
def rows(pgbackrest: PgBackRest, folder: Path) -> str:
    """Run a server, back it up twice, write some more, stop it, and return what it held."""
    original = Cluster(folder, "original")
    original.initialize()
    push = f"{' '.join(pgbackrest.command)} archive-push %p"
    with original.running(archive_mode="on", archive_command=push):
        # Enough, and random enough, that the backup is uploaded in parts.
        original.query(
            "CREATE TABLE items AS SELECT id, md5(id::text) || md5((-id)::text) AS value"
            " FROM generate_series(1, 200000) AS id"
        )
        pgbackrest("stanza-create")
        pgbackrest("check")
        for _ in range(2):
            pgbackrest("backup", "--type=full")
        original.query("INSERT INTO items VALUES (200001, 'after the backup')")
        return original.query(ROWS)


def keys(backups: Backups) -> list[str]:
    pages = backups.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]


@pytest.mark.parametrize("user", ["database", "recovery"])
def test_what_was_backed_up_and_archived_is_restored_into_an_empty_server(
    backups: Backups, folder: Path, rows: str, user: str
) -> None:
    restored = Cluster(folder, f"restored-by-{user}")
    PgBackRest(backups, folder, user)("restore", f"--pg1-path={restored.data}")
    with restored.running(archive_mode="off"):
        found = restored.query(ROWS)
    assert found.endswith("200001|after the backup\n")
    assert found == rows


def test_the_second_backup_expires_the_first(pgbackrest: PgBackRest, rows: str) -> None:
    assert pgbackrest("info").count("full backup:") == 1


def test_everything_is_below_the_prefix_and_large_files_came_in_parts(
    backups: Backups, rows: str
) -> None:
    found = keys(backups)
    assert {key.split("/")[0] for key in found} == {"main"}
    s3 = backups.client("s3")
    tags = [s3.head_object(Bucket=BUCKET, Key=key)["ETag"] for key in found if "backup/" in key]
    assert any("-" in tag for tag in tags)


@pytest.mark.parametrize(
    "arguments", [("repo-ls",), ("repo-get", "archive/main/archive.info")], ids=" ".join
)
def test_its_key_neither_lists_nor_reads_the_backups_of_another_server(
    backups: Backups, pgbackrest: PgBackRest, arguments: tuple[str, ...]
) -> None:
    key = "other/archive/main/archive.info"
    administrator = backups.client("s3")
    administrator.put_object(Bucket=BUCKET, Key=key, Body=b"of another server")
    said = pgbackrest.refusal("--repo1-path=/other", *arguments)
    administrator.delete_object(Bucket=BUCKET, Key=key)
    assert "403 (Forbidden)" in said
