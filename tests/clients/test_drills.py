"""Backups that were restored by `groundwork backup drill`: the good one, and each bad one named."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded import processes
from runbook.backup.drill import place, programs
from runbook.backup.drill.assignment import DrillError
from runbook.backup.drill.postgresql import Server
from tests.clients.conftest import ACCOUNT, OPERATOR, REGION, STACK, Backups
from tests.clients.drills import Drilled, Drills, killed, small_disk
from tests.clients.postgresql import Cluster, give, run
from tests.clients.test_pgbackrest import PgBackRest
from tests.clients.test_restic import Restic
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.embedded, pytest.mark.xdist_group("clients")]

LEDGER = "drilled-databases"
SNAPSHOTS = "machine-snapshots"
DUMPS = "nightly-dumps"
OURS = 16384
"""The first number of a table that is not PostgreSQL's own."""
PASSWORD = {"RESTIC_PASSWORD": "only an example"}


@pytest.fixture(scope="module")
def drills(backups: Backups) -> Iterator[Drills]:
    """Drills in a folder that PostgreSQL's account can reach, with a path short for a socket."""
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "cloudformation:DescribeStacks",
            "Resource": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/*",
        },
    }
    named = {"RoleName": OPERATOR, "PolicyName": "outputs"}
    backups.client("iam").put_role_policy(**named, PolicyDocument=json.dumps(policy))
    # In memory where that is possible: each file that is restored is flushed to the disk else.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="drill-", dir=memory) as name:
        Path(name).chmod(0o711)
        yield Drills(backups, Path(name))


@pytest.fixture(scope="module")
def ledger(backups: Backups, drills: Drills) -> Iterator[Cluster]:
    """A server whose backup and WAL are in the bucket, several segments of it after the backup."""
    require("pg_amcheck")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        give(folder := Path(name))
        pgbackrest = PgBackRest(backups, folder, "ledger", bucket=LEDGER)
        original = Cluster(folder, "original")
        original.initialize()
        push = f"{' '.join(pgbackrest.command)} archive-push %p"
        with original.running(archive_mode="on", archive_command=push):
            original.query("CREATE TABLE items AS SELECT generate_series(1, 1000) AS id")
            pgbackrest("stanza-create")
            pgbackrest("backup", "--type=full")
            for _ in range(2):
                original.query("INSERT INTO items SELECT generate_series(1, 500)")
                original.query("SELECT pg_switch_wal()")
        yield original


def segments(drills: Drills) -> list[str]:
    found = [key for key in drills.keys(LEDGER, "main/archive/") if len(key.split("/")) > 4]
    return sorted(key for key in found if ".backup" not in key)


@pytest.fixture(scope="module")
def server(drills: Drills, ledger: Cluster) -> int:
    """The process of a restored server that a drill left, when it was killed without a warning.

    Two drills before it were killed as well: the first with the key in its folder, the second with
    the restore under way. Each had to clear what the one before it left.
    """
    work = drills.folder / "groundwork-drill-ledger-drill/work"
    for begun in (work / "pgbackrest.conf", work / "data"):
        with killed(drills, signal.SIGKILL, begun):
            pass
        assert work.exists()
    with killed(drills, signal.SIGKILL, work / "data/postmaster.pid"):
        assert (work / "pgbackrest.conf").stat().st_mode & 0o777 == 0o600
        found = int((work / "data/postmaster.pid").read_text().split()[0])
    assert work.exists()
    os.kill(found, 0)
    return found


@pytest.fixture(scope="module")
def good(drills: Drills, server: int) -> Drilled:
    """The run after the one that was killed."""
    return drills("ledger-drill")


def test_a_good_backup_is_restored_asked_recorded_and_removed(
    backups: Backups, drills: Drills, good: Drilled
) -> None:
    assert good.status == 0, good.refused
    assert "The backups of ledger can be restored." in good.said
    result = drills.results(LEDGER, "ledger-drill")[-1]
    assert (result["succeeded"], result["problem"], result["of"]) == (True, None, "ledger")
    assert result["steps"][-2:] == [
        "pg_amcheck found nothing wrong in any table or index",
        "SELECT count(*) FROM items: 2000",
    ]
    assert measured(backups, LEDGER, "ledger-drill")[-1] == 1


def test_a_drill_does_not_wait_for_a_server_that_has_ended(drills: Drills, good: Drilled) -> None:
    result = drills.results(LEDGER, "ledger-drill")[-1]
    began, ended = (datetime.fromisoformat(result[key]) for key in ("began", "ended"))
    assert (ended - began).total_seconds() < place.SECONDS


def test_the_next_run_removes_what_a_killed_one_left_and_its_server(
    server: int, good: Drilled
) -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_a_drill_that_is_running_is_left_alone_by_a_second(
    drills: Drills, good: Drilled, ledger: Cluster
) -> None:
    work = drills.folder / "groundwork-drill-ledger-drill/work"
    with killed(drills, signal.SIGTERM, work / "pgbackrest.conf") as first:
        first.send_signal(signal.SIGSTOP)
        try:
            second = subprocess.run(
                drills.command("ledger-drill"),
                env=drills.environment(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert work.exists()
        finally:
            first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert "This drill is running already." in second.stderr
    assert not list(drills.folder.iterdir())


def test_whoever_may_not_read_the_key_is_refused_before_anything_is_made(
    backups: Backups, drills: Drills
) -> None:
    refused = subprocess.run(
        drills.command("ledger-drill"),
        env=backups.environment("reports"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "not authorized" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(drills.folder.iterdir())


@pytest.mark.parametrize("folder", ["/nonexistent/folder", "/proc"])
def test_a_folder_that_cannot_be_used_is_named(drills: Drills, folder: str) -> None:
    refused = subprocess.run(
        [*drills.command("newest-report"), "--folder", folder],
        env=drills.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert f"{folder}/groundwork-drill-newest-report" in refused.stderr
    assert "Traceback" not in refused.stderr


def measured(backups: Backups, bucket: str, user: str) -> list[float]:
    dimensions = [{"Name": "Bucket", "Value": bucket}, {"Name": "User", "Value": user}]
    now = datetime.now(UTC).timestamp()
    found = backups.client("cloudwatch").get_metric_statistics(
        Namespace="Groundwork/Drills",
        MetricName="Succeeded",
        Dimensions=dimensions,
        StartTime=now - 3600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Minimum", "Maximum"],
    )["Datapoints"]
    return [point["Minimum"] for point in found]


def test_one_flipped_byte_is_found(drills: Drills, ledger: Cluster) -> None:
    s3 = drills.backups.client("s3")
    keys = [key for key in drills.keys(LEDGER, "main/backup/") if "/bundle/" in key]
    key = max(keys, key=lambda key: s3.head_object(Bucket=LEDGER, Key=key)["ContentLength"])
    with drills.changed(LEDGER, key, drills.flipped(LEDGER, key)):
        done = drills("ledger-drill")
    assert done.status == 1
    assert "what is stored is not what was written" in done.refused
    assert drills.results(LEDGER, "ledger-drill")[-1]["succeeded"] is False


def test_a_missing_segment_is_found_which_postgresql_takes_for_the_end(
    drills: Drills, ledger: Cluster
) -> None:
    *_, lost, last = segments(drills)
    with drills.changed(LEDGER, lost, None):
        done = drills("ledger-drill")
    assert done.status == 1
    assert (
        f"a WAL segment is missing: the archive goes on to {Path(last).name[:24]}" in done.refused
    )


def test_an_empty_table_is_found_by_the_query_of_the_file(
    drills: Drills, ledger: Cluster, tmp_path: Path
) -> None:
    text = (drills.backups.instance.directory / "groundwork.yaml").read_text()
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("FROM items", "FROM items WHERE id < 0"))
    done = drills("ledger-drill", "--config", str(other))
    assert done.status == 1
    assert "the query answered 0, and 2000 is expected" in done.refused


def test_a_damaged_table_is_found_by_pg_amcheck(drills: Drills, ledger: Cluster) -> None:
    """No checksum of pgBackRest's helps where the backup was made of what was damaged already."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        give(work := Path(name))
        run("cp", "-a", ledger.data, work / "data")
        files = (work / "data").glob("base/*/[0-9]*")
        (table,) = (file for file in files if file.name.isdigit() and int(file.name) >= OURS)
        with table.open("r+b") as file:
            file.seek(8192 - 40)  # the first rows, which a page has at its end
            file.write(b"\xff" * 40)
        version = (work / "data/PG_VERSION").read_text().strip()
        variables = programs.environment({}, work)
        with Server(work, version, variables) as server, pytest.raises(DrillError) as caught:
            server.check()
    assert caught.value.problem.startswith("pg_amcheck failed")
    assert "heap table" in caught.value.details


def test_an_old_backup_is_found_before_it_is_restored(
    drills: Drills, ledger: Cluster, tmp_path: Path
) -> None:
    too_old(drills, "ledger-drill", "max_age: 1h", tmp_path)


def too_old(drills: Drills, name: str, declared: str, folder: Path) -> None:
    """Run a drill that expects a backup of the last second; `declared` is what the file has."""
    text = (drills.backups.instance.directory / "groundwork.yaml").read_text()
    other = folder / "other.yaml"
    other.write_text(text.replace(declared, "max_age: 1s"))
    done = drills(name, "--config", str(other), **PASSWORD)
    assert done.status == 1
    assert "the newest backup, " in done.refused
    assert "at most 1 seconds are expected" in done.refused
    assert "restored" not in done.said


def test_a_full_disk_is_named_and_leaves_nothing(drills: Drills, ledger: Cluster) -> None:
    filled(drills, "ledger-drill", "8m")


def filled(drills: Drills, name: str, size: str) -> None:
    """Restore into a disk that is too small."""
    with small_disk(size) as disk:
        done = drills(name, "--folder", str(disk), **PASSWORD)
        assert not list(disk.iterdir())
    assert done.status == 1
    assert "the disk is full" in done.refused


def test_a_key_that_was_deleted_is_named(drills: Drills, ledger: Cluster) -> None:
    iam = drills.backups.client("iam")
    (key,) = iam.list_access_keys(UserName="ledger-drill")["AccessKeyMetadata"]
    named = {"UserName": "ledger-drill", "AccessKeyId": key["AccessKeyId"]}
    iam.update_access_key(**named, Status="Inactive")
    try:
        done = drills("ledger-drill")
    finally:
        iam.update_access_key(**named, Status="Active")
    assert done.status == 1
    assert "the key is refused" in done.refused
    assert "The result could not be recorded" in done.refused


def test_a_drill_that_is_told_to_end_removes_everything(drills: Drills, ledger: Cluster) -> None:
    begun = drills.folder / "groundwork-drill-ledger-drill/work/pgbackrest.conf"
    with killed(drills, signal.SIGTERM, begun):
        pass
    assert not list(drills.folder.iterdir())


@pytest.fixture(scope="module")
def snapshot(drills: Drills, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A repository with one snapshot of a file."""
    folder = tmp_path_factory.mktemp("restic")
    (folder / "files").mkdir()
    (folder / "files/one").write_text("something precious\n" * 2000)
    Restic(drills.backups, "keeper", "drilled", folder)("init")
    Restic(drills.backups, "drilled", "drilled", folder)("backup", "files")


def test_restics_newest_snapshot_is_checked_restored_and_judged(
    drills: Drills, snapshot: None
) -> None:
    done = drills("drilled-files", **PASSWORD)
    assert done.status == 0, done.refused
    assert "restic restored 1 files, and compared each with the snapshot" in done.said
    assert drills.results(SNAPSHOTS, "drilled-files")[-1]["succeeded"] is True


def test_an_old_snapshot_of_restic_is_found_before_it_is_restored(
    drills: Drills, snapshot: None, tmp_path: Path
) -> None:
    too_old(drills, "drilled-files", "max_age: 2h", tmp_path)


def test_a_disk_that_is_full_of_restics_files_is_named(drills: Drills, snapshot: None) -> None:
    filled(drills, "drilled-files", "8k")


def test_after_kill_9_the_next_run_removes_what_restic_restored(
    drills: Drills, snapshot: None, tmp_path: Path
) -> None:
    survived(drills, "drilled-files", "data", tmp_path)


def survived(drills: Drills, name: str, begun: str, folder: Path) -> None:
    """Kill a drill while the file's command runs, and have the next one clear up."""
    text = (drills.backups.instance.directory / "groundwork.yaml").read_text()
    other = folder / "other.yaml"
    other.write_text(re.sub(r"command: '[^']*'", "command: sleep 60", text))
    work = drills.folder / f"groundwork-drill-{name}" / "work"
    options = ("--config", str(other))
    with killed(drills, signal.SIGKILL, work / begun, name, *options, **PASSWORD):
        assert processes.until(lambda: bool(place._working(work)), 30)
    left = place._working(work)
    assert left
    done = drills(name, **PASSWORD)
    assert done.status == 0, done.refused
    assert processes.until(lambda: not any(map(processes.command_line, left)), 30)


def test_another_password_is_named(drills: Drills, snapshot: None) -> None:
    done = drills("drilled-files", RESTIC_PASSWORD="another")
    assert (done.status, "the repository's password is wrong" in done.refused) == (1, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [("flip", "what is stored is not what was written"), ("remove", "is missing")],
)
def test_a_pack_of_restic_that_is_not_what_it_was_is_found(
    drills: Drills, snapshot: None, change: str, said: str
) -> None:
    s3 = drills.backups.client("s3")
    sizes = {
        key: s3.head_object(Bucket=SNAPSHOTS, Key=key)["ContentLength"]
        for key in drills.keys(SNAPSHOTS, "drilled/data/")
    }
    # The smaller pack has the file, the other the folders, for which restic asks again for minutes.
    for key in sorted(sizes, key=sizes.__getitem__)[: 2 if change == "flip" else 1]:
        # At the beginning is what was backed up; a pack's end is an index, read by chance alone.
        body = drills.flipped(SNAPSHOTS, key, at=20) if change == "flip" else None
        with drills.changed(SNAPSHOTS, key, body):
            done = drills("drilled-files", **PASSWORD)
        assert done.status == 1
        assert said in done.refused


@pytest.fixture
def report(drills: Drills) -> Iterator[Any]:
    """Put dumps below the prefix, where other tests leave theirs, and remove them at the end."""
    s3, put = drills.backups.client("s3"), []
    for key in drills.keys(DUMPS, "reports/"):
        s3.delete_object(Bucket=DUMPS, Key=key)

    def upload(name: str, body: bytes) -> None:
        put.append(f"reports/{name}")
        s3.put_object(Bucket=DUMPS, Key=put[-1], Body=body)

    yield upload
    for key in put:
        s3.delete_object(Bucket=DUMPS, Key=key)


WHOLE = gzip.compress(os.urandom(2000))


def test_the_newest_dump_is_fetched_and_judged_by_the_command_of_the_file(
    drills: Drills, report: Any
) -> None:
    report("one.gz", WHOLE)
    done = drills("newest-report")
    assert done.status == 0, done.refused
    assert drills.results(DUMPS, "newest-report")[-1]["backup"] == "reports/one.gz"


def test_a_dump_that_is_larger_than_the_disk_is_named(drills: Drills, report: Any) -> None:
    report("one.gz", gzip.compress(os.urandom(40_000)))
    filled(drills, "newest-report", "16k")


def test_after_kill_9_the_next_run_removes_the_dump(
    drills: Drills, report: Any, tmp_path: Path
) -> None:
    report("one.gz", WHOLE)
    survived(drills, "newest-report", "one.gz", tmp_path)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (WHOLE[:-1] + bytes([WHOLE[-1] ^ 1]), "the command of the file failed"),
        (WHOLE[:500], "less than half of what the last 1 had"),
        (b"", "the newest backup is empty"),
    ],
    ids=["flipped", "short", "empty"],
)
def test_a_dump_that_is_not_what_it_should_be_is_found(
    drills: Drills, report: Any, body: bytes, said: str
) -> None:
    report("one.gz", WHOLE)
    report("two.gz", body)
    done = drills("newest-report")
    assert done.status == 1
    assert said in done.refused


@pytest.mark.usefixtures("report")
def test_a_bucket_without_a_dump_is_found(drills: Drills) -> None:
    done = drills("newest-report")
    assert (done.status, "there is no backup" in done.refused) == (1, True)


def test_the_drills_key_changes_no_backup(drills: Drills, report: Any) -> None:
    report("one.gz", WHOLE)
    s3 = drills.backups.s3("newest-report")
    for key in ("reports/one.gz", "drills/other/1.json"):
        with pytest.raises(Exception, match="AccessDenied"):
            s3.put_object(Bucket=DUMPS, Key=key, Body=b"")
    with pytest.raises(Exception, match="AccessDenied"):
        s3.delete_object(Bucket=DUMPS, Key="reports/one.gz")
