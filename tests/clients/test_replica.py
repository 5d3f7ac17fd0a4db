"""A real PostgreSQL and its streaming replica: what a consumer may do, and what is logged."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded import certificate, processes
from groundwork.data.audit import access_parameters
from runbook.database import scram
from runbook.database.consumers import ConsumerLogin, statements
from runbook.database.place import Place
from runbook.database.tunnel import free_port
from tests.clients.postgresql import Cluster, attempt, give, run
from tests.programs import require

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("replica")]

# RDS writes this file itself, from `rds.force_ssl`.
ACCESS = (
    "local all all trust\nlocal replication all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
)
OF_RDS = "rds."
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"
PLACE = Place("books", "localhost", 5432, "books", "groundwork", ARN, False, None)
PASSWORD = "Zq3vBn8LkT0wXe5RyU2aSd7FgH1jKm4PcV9oIb6N"
SCHEMAS = "CREATE SCHEMA {0}; CREATE TABLE {0}.lines (id int); INSERT INTO {0}.lines VALUES (7)"


@dataclass(frozen=True)
class Pair:
    """A database and its replica."""

    primary: Cluster
    replica: Cluster

    def as_owner(self, *statements: str) -> subprocess.CompletedProcess[str]:
        """Run SQL on the database, as the user that owns it."""
        return attempt(*self.psql(self.primary, "groundwork"), *_commands(*statements))

    def apply(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a reviewed file as the owner. A role is made by whoever may; RDS's owner may."""
        file = self.primary.folder / "consumers.sql"
        file.write_text(script)
        give(file)
        return attempt(*self.psql(self.primary, "groundwork"), "-f", file)

    def reads(
        self, user: str, *statements: str, on: Cluster | None = None, password: str = PASSWORD
    ) -> subprocess.CompletedProcess[str]:
        """Run SQL as a consumer would: over TLS, with the password, on the replica."""
        cluster = on or self.replica
        address = f"host=localhost hostaddr=127.0.0.1 port={cluster.port} user={user}"
        connection = f"{address} dbname=books sslmode=require"
        return attempt(
            require("psql"),
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            connection,
            *_commands(*statements),
            environment={"PGPASSWORD": password, "PATH": os.environ["PATH"]},
        )

    def follows(self) -> None:
        """Wait until the replica has what the database has."""
        wanted = self.primary.query("SELECT pg_current_wal_lsn()").strip()
        reached = f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'"
        assert processes.until(lambda: self.replica.query(reached).strip() == "t", 30)

    def psql(self, cluster: Cluster, user: str) -> list[str | Path]:
        where = ["-h", str(cluster.folder), "-p", str(cluster.port), "-U", user, "-d", "books"]
        return [require("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where]


def _commands(*statements: str) -> list[str]:
    return [part for statement in statements for part in ("-c", statement)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Run a database and a replica that follows it, with the parameters of ours."""
    require("postgres")
    trust = certificate.issue(tmp_path_factory.mktemp("trust"))
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        give(folder)
        primary = Cluster(folder, "primary", free_port())
        primary.initialize()
        ours = access_parameters((primary.data / "PG_VERSION").read_text().strip())
        parameters = {n: value for n, value in ours.items() if not n.startswith(OF_RDS)}
        (primary.data / "pg_hba.conf").write_text(ACCESS)
        for file, target in ((trust.chain, "server.crt"), (trust.key, "server.key")):
            (primary.data / target).write_bytes(file.read_bytes())
            (primary.data / target).chmod(0o600)
            give(primary.data / target)
        listening = {"listen_addresses": "127.0.0.1", "ssl": "on"}
        with primary.running(**listening):
            primary.query("CREATE ROLE groundwork LOGIN CREATEROLE")
            primary.query("CREATE DATABASE books OWNER groundwork")
            replica = Cluster(folder, "replica", free_port(), standby=True)
            source = ["-h", str(folder), "-p", str(primary.port), "-U", "postgres"]
            run(require("pg_basebackup"), *source, "-D", replica.data, "-R", "-c", "fast", "-N")
            with replica.running(**listening, **parameters):
                pair = Pair(primary, replica)
                for schema in ("reports", "people"):
                    assert pair.as_owner(SCHEMAS.format(schema)).returncode == 0
                yield pair


@pytest.fixture(scope="module")
def partner(pair: Pair) -> str:
    """Make the login of a consumer who reads `reports`, and return its name."""
    made = pair.apply(reviewed("reports"))
    assert made.returncode == 0, made.stderr
    assert (
        pair.as_owner(f"ALTER ROLE partner PASSWORD '{scram.verifier(PASSWORD)}'").returncode == 0
    )
    pair.follows()
    return "partner"


def reviewed(*schemas: str, user: str = "partner", audited: bool = False) -> str:
    return statements(PLACE, [ConsumerLogin("books/reports/partner", user, schemas, audited)])


def refusal(found: subprocess.CompletedProcess[str]) -> str:
    assert found.returncode != 0, found.stdout
    return found.stderr


def test_a_consumer_reads_from_the_replica(pair: Pair, partner: str) -> None:
    assert pair.reads(partner, "TABLE lines").stdout == "7\n"


def test_connections_statements_and_disconnections_are_logged(pair: Pair, partner: str) -> None:
    assert pair.reads(partner, "SELECT id AS audited FROM reports.lines").returncode == 0

    said = re.compile(
        r"connection authorized: user=partner database=books \S+ SSL enabled"
        r".*statement: SELECT id AS audited FROM reports\.lines"
        r".*disconnection: session time: \S+ user=partner database=books",
        re.DOTALL,
    )

    def logged() -> bool:
        return said.search(pair.replica.log()) is not None

    assert processes.until(logged, 30), pair.replica.log()


def test_the_database_itself_logs_none_of_it(pair: Pair, partner: str) -> None:
    assert "audited" not in pair.primary.log()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO reports.lines VALUES (1)",
        "DELETE FROM reports.lines",
        "CREATE TABLE reports.own (id int)",
        "CREATE TEMPORARY TABLE own (id int)",
        "ALTER ROLE partner CREATEDB",
        "SELECT nextval('reports.numbers')",
    ],
)
def test_a_replica_takes_no_write(pair: Pair, partner: str, statement: str) -> None:
    assert pair.as_owner("CREATE SEQUENCE IF NOT EXISTS reports.numbers").returncode == 0
    pair.follows()
    refused = refusal(pair.reads(partner, "SET default_transaction_read_only = off", statement))
    assert re.search("read-only|permission denied|during recovery", refused), refused
    as_superuser = refusal(attempt(*pair.psql(pair.replica, "postgres"), "-c", statement))
    assert "read-only transaction" in as_superuser or "during recovery" in as_superuser


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO reports.lines VALUES (1)",
        "UPDATE reports.lines SET id = 1",
        "TRUNCATE reports.lines",
        "CREATE TABLE reports.own (id int)",
        "CREATE TABLE public.own (id int)",
        "CREATE SCHEMA own",
        "CREATE ROLE own",
    ],
)
def test_nor_could_a_consumer_write_to_the_database_if_there_were_a_way(
    pair: Pair, partner: str, statement: str
) -> None:
    switch = "SET default_transaction_read_only = off"
    assert "permission denied" in refusal(pair.reads(partner, switch, statement, on=pair.primary))
    assert pair.as_owner("TABLE reports.lines").stdout == "7\n"


@pytest.mark.parametrize(
    "statement",
    [
        "TABLE people.lines",
        "SET search_path = people; TABLE lines",
        "SET ROLE groundwork",
        "SET SESSION AUTHORIZATION groundwork",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY reports.lines TO PROGRAM 'true'",
        "COPY reports.lines TO '/tmp/lines'",
        "SET log_statement = none",
        "SET log_disconnections = off",
    ],
)
def test_a_consumer_does_not_leave_its_schema(pair: Pair, partner: str, statement: str) -> None:
    refused = refusal(pair.reads(partner, statement))
    assert re.search("permission denied|must be superuser|does not exist|cannot be set", refused), (
        refused
    )


def test_tables_that_come_later_are_read_in_its_schema_alone(pair: Pair, partner: str) -> None:
    for schema in ("reports", "people"):
        assert pair.as_owner(f"CREATE TABLE {schema}.later (id int)").returncode == 0
    pair.follows()
    assert pair.reads(partner, "TABLE reports.later").returncode == 0
    assert "permission denied" in refusal(pair.reads(partner, "TABLE people.later"))


def test_another_password_or_none_is_refused(pair: Pair, partner: str) -> None:
    assert "authentication failed" in refusal(pair.reads(partner, "TABLE lines", password="other"))


def test_a_schema_that_leaves_the_file_is_taken_back(pair: Pair) -> None:
    other, login = "other_reader", scram.verifier(PASSWORD)
    assert pair.apply(reviewed("reports", "people", user=other)).returncode == 0
    assert pair.as_owner(f"ALTER ROLE {other} PASSWORD '{login}'").returncode == 0
    pair.follows()
    assert pair.reads(other, "TABLE people.lines").returncode == 0
    again = pair.apply(reviewed("reports", user=other))
    assert again.returncode == 0, again.stderr
    assert pair.as_owner("CREATE TABLE people.after (id int)").returncode == 0
    pair.follows()
    assert pair.reads(other, "TABLE reports.lines").returncode == 0
    for table in ("people.lines", "people.after"):
        assert "permission denied" in refusal(pair.reads(other, f"TABLE {table}"))


def test_a_login_that_may_do_more_does_not_become_a_consumers(pair: Pair) -> None:
    assert pair.as_owner("CREATE ROLE application LOGIN").returncode == 0
    refused = pair.apply(reviewed("reports", user="application"))
    assert "application is there already, and may do more than read" in refusal(refused)
    granted = "SELECT has_schema_privilege('application', 'reports', 'USAGE')"
    assert pair.as_owner(granted).stdout == "f\n"


def test_no_login_is_made_that_nobody_would_log_while_pgaudit_is_not_loaded(pair: Pair) -> None:
    pair.primary.query("GRANT pg_monitor TO groundwork")  # as rds_superuser has it
    refused = refusal(pair.apply(reviewed("reports", user="unlogged", audited=True)))
    assert "pgaudit is not loaded: restart the instances, and run this again" in refused
    assert pair.as_owner("SELECT count(*) FROM pg_roles WHERE rolname = 'unlogged'").stdout == "0\n"


def test_the_reviewed_file_has_no_password() -> None:
    assert "PASSWORD" not in reviewed("reports").upper().replace("DATABASE PASSWORDS", "")
