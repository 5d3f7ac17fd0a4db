"""A real psql and a real PostgreSQL: the session, its secrecy, its tunnel, and further users."""

from __future__ import annotations

import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import certificate
from runbook.base.errors import UserError
from runbook.credentials.values import DatabaseSecret
from runbook.database import certificates, session, tunnel
from runbook.database.place import Place
from runbook.database.users import statements
from tests.clients.postgresql import Cluster, attempt, give
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("connect")]

PASSWORD = "b:a\\c'k$ x"
ACCESS = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
FORWARD = """\
#!{python}
import socket, sys, threading
here = int(sys.argv[-1].rpartition("=")[2])
def copy(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.close()
server = socket.create_server(("127.0.0.1", here))
while True:
    client, _ = server.accept()
    there = socket.create_connection(("127.0.0.1", {port}))
    for pair in ((client, there), (there, client)):
        threading.Thread(target=copy, args=pair, daemon=True).start()
"""


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> certificate.Certificate:
    return certificate.issue(tmp_path_factory.mktemp("trust"))


@pytest.fixture(scope="module")
def port() -> int:
    return tunnel.free_port()


@pytest.fixture(scope="module")
def server(trust: certificate.Certificate, port: int) -> Iterator[Cluster]:
    """Run a server that takes its owner over TLS and by a password only."""
    require("postgres")
    with tempfile.TemporaryDirectory(prefix="pg-") as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPORT", str(port))
        folder = Path(name)
        give(folder)
        cluster = Cluster(folder, "data")
        cluster.initialize()
        (cluster.data / "pg_hba.conf").write_text(ACCESS)
        for file, target in ((trust.chain, "server.crt"), (trust.key, "server.key")):
            (cluster.data / target).write_bytes(file.read_bytes())
            (cluster.data / target).chmod(0o600)
            give(cluster.data / target)
        with cluster.running(listen_addresses="127.0.0.1", port=str(port), ssl="on"):
            quoted = PASSWORD.replace("'", "''")
            cluster.query(f"CREATE ROLE groundwork LOGIN CREATEROLE PASSWORD '{quoted}'")
            cluster.query("CREATE DATABASE books OWNER groundwork")
            yield cluster


def secret(port: int, **more: object) -> DatabaseSecret:
    given = {
        "name": "books",
        "host": "localhost",
        "port": port,
        "dbname": "books",
        "username": "groundwork",
        "password": PASSWORD,
    }
    return DatabaseSecret.model_validate({**given, **more})


def place(port: int) -> Place:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"
    return Place("books", "localhost", port, "books", "groundwork", arn, False, "i-1")


def test_the_session_is_over_tls_and_shows_the_password_nowhere(
    server: Cluster,
    port: int,
    trust: certificate.Certificate,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    look = r"\! cat /proc/$PPID/cmdline; env; stat -c %a $PGPASSFILE"
    query = "SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    arguments = ["-XAt", "-c", query, "-c", look]
    assert session.run(secret(port), trust.authority.read_text(), arguments, local_port=None) == 0
    said = capfd.readouterr().out
    assert "groundwork|t\n" in said
    assert PASSWORD not in said
    assert said.endswith("600\n")
    left = said.partition("PGPASSFILE=")[2].partition("\n")[0]
    assert not Path(left).exists()


def test_psqls_own_status_is_the_commands(
    server: Cluster, port: int, trust: certificate.Certificate
) -> None:
    run = session.run(
        secret(port), trust.authority.read_text(), ["-Xc", "SELECT wrong"], local_port=None
    )
    assert run == 1


def test_a_server_that_cannot_prove_its_name_is_left(
    server: Cluster, port: int, trust: certificate.Certificate, capfd: pytest.CaptureFixture[str]
) -> None:
    other = secret(port, host="books.example.org")
    assert (
        session.run(other, trust.authority.read_text(), ["-Xc", "SELECT 1"], local_port=port) == 2
    )
    assert 'does not match host name "books.example.org"' in capfd.readouterr().err


def test_a_server_that_amazon_does_not_vouch_for_is_left(
    server: Cluster, port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    amazons = certificates.of_region("us-east-1")
    run = session.run(secret(port), amazons, ["-Xc", "SELECT 1"], local_port=None)
    assert run == 2
    assert "certificate verify failed" in capfd.readouterr().err


def test_through_the_tunnel_the_certificate_is_still_the_databases(
    server: Cluster,
    port: int,
    trust: certificate.Certificate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in ("aws", "session-manager-plugin"):
        program = tmp_path / name
        program.write_text(FORWARD.format(python=sys.executable, port=port))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    here = tunnel.free_port()
    command = tunnel.command(place(port), here)
    with tunnel.opened(command, here):
        arguments = ["-XAtc", "SELECT 'through'"]
        # The far end has another port than this one.
        run = session.run(secret(1), trust.authority.read_text(), arguments, local_port=here)
    assert run == 0
    assert capfd.readouterr().out == "through\n"


def test_a_tunnel_that_does_not_open_says_why() -> None:
    with (
        pytest.raises(UserError, match="The tunnel did not open: TargetNotConnected"),
        tunnel.opened(["sh", "-c", "echo TargetNotConnected >&2; exit 254"], 1),
    ):
        pass


def test_the_reviewed_sql_makes_users_with_no_more_than_they_need(
    server: Cluster, port: int
) -> None:
    text = statements(place(port), "web", "analyst")
    assert "\\password web\n\\password analyst\n" in text
    script = server.folder / "users.sql"
    script.write_text(text.replace("\\password", "\\echo"))
    give(script)
    base: list[str | Path] = [
        require("psql"),
        "-XqAt",
        "-h",
        server.folder,
        "-d",
        "books",
        "-v",
        "ON_ERROR_STOP=1",
    ]
    owner: list[str | Path] = [*base, "-U", "groundwork"]
    assert attempt(*owner, "-c", "CREATE TABLE before (id int)").returncode == 0
    first, again = (attempt(*base, "-U", "postgres", "-f", script) for _ in range(2))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert attempt(*owner, "-c", "CREATE TABLE after (id serial)").returncode == 0

    def may(user: str, statement: str) -> bool:
        return attempt(*base, "-U", user, "-c", statement).returncode == 0

    for reading, writing in (
        ("TABLE before", "DELETE FROM before"),
        ("TABLE after", "DELETE FROM after"),
    ):
        assert may("analyst", reading)
        assert may("web", writing)
        assert not may("analyst", writing)
    assert may("web", "INSERT INTO after DEFAULT VALUES")
    assert not may("analyst", "SET transaction_read_only = off; INSERT INTO before VALUES (1)")
    for user in ("web", "analyst"):
        assert not may(user, "CREATE TABLE own (id int)")


@pytest.mark.parametrize("name", ["Web", "a b", 'a"; DROP', "pg_x", "rds_x", "groundwork", ""])
def test_a_name_that_would_need_quoting_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        statements(place(1), name, None)
