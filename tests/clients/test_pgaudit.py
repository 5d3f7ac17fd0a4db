"""What pgaudit logs by our parameters, in a PostgreSQL of this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundwork.data.audit import audit_parameters
from runbook.database.consumers import ConsumerLogin, statements
from runbook.database.place import Place
from tests.clients.postgresql import Cluster, attempt, give
from tests.programs import require


@pytest.fixture(scope="module")
def audited() -> Iterator[list[str]]:
    """Ask this and that of a database, and yield what pgaudit wrote of it."""
    library = Path(require("postgres")).resolve().parents[1] / "lib" / "pgaudit.so"
    if not library.exists():
        pytest.skip(f"{library} is not installed: Debian has it in postgresql-VERSION-pgaudit")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        give(folder := Path(name))
        cluster = Cluster(folder, "audited")
        cluster.initialize()
        with cluster.running(**audit_parameters(["read", "ddl", "role"])):
            for statement in (
                "CREATE EXTENSION pgaudit",
                "CREATE TABLE items AS SELECT 1 AS id",
                "CREATE VIEW shown AS SELECT * FROM items",
                "SELECT * FROM shown",
                "INSERT INTO items VALUES (2)",
                "CREATE ROLE partner PASSWORD 'precious'",
            ):
                cluster.query(statement)
            ask_as_consumer(cluster)
        yield [line for line in cluster.log().splitlines() if " AUDIT: " in line]


def ask_as_consumer(cluster: Cluster) -> None:
    """Make a login by the reviewed file, and ask what others may ask without being logged."""
    place = Place("postgres", "localhost", 5432, "postgres", "postgres", "arn", False, None)
    login = ConsumerLogin("books/reports/partner", "reads", ("public",), audited=True)
    file = cluster.folder / "consumers.sql"
    file.write_text(statements(place, [login]))
    give(file)
    psql = [require("psql"), "-XqAt", "-h", str(cluster.folder), "-d", "postgres"]
    for user, command in (("postgres", ["-f", file]), ("reads", ["-c", ASKED])):
        done = attempt(*psql, "-U", user, "-v", "ON_ERROR_STOP=1", *command)
        assert done.returncode == 0, done.stderr
    cluster.query(ASKED)
    refused = attempt(*psql, "-U", "reads", "-c", "SET pgaudit.log = 'none'")
    assert "permission denied" in refused.stderr


ASKED = "SET application_name = 'asked'"


def test_all_that_a_consumer_asks_is_logged_and_of_others_what_the_file_names(
    audited: list[str],
) -> None:
    assert len([line for line in audited if ",MISC,SET," in line]) == 1


def test_a_read_is_logged_with_the_tables_behind_a_view(audited: list[str]) -> None:
    read = [line for line in audited if ",READ,SELECT," in line]
    assert {relation for relation in ("public.shown", "public.items") if relation in str(read)} == {
        "public.shown",
        "public.items",
    }


def test_what_is_not_asked_for_is_not_logged(audited: list[str]) -> None:
    assert not [line for line in audited if "INSERT" in line]


def test_a_password_is_not_logged(audited: list[str]) -> None:
    (made,) = [line for line in audited if ",ROLE,CREATE ROLE," in line and "partner" in line]
    assert "REDACTED" in made
    assert "precious" not in str(audited)
