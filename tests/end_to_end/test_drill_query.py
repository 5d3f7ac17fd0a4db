"""The function that asks a restored copy, with a real server and the login of the reviewed SQL."""

from __future__ import annotations

import socket

import pytest

from groundwork.data.drill import packing
from groundwork.functions.drill_query import handler
from groundwork.functions.drill_query.handler import NotConnectedError, Question
from tests.end_to_end.restored import Restored

pytestmark = [
    pytest.mark.clients,
    pytest.mark.embedded,
    pytest.mark.xdist_group("everything"),
]

LOGIN = "production_analysis_drill"


@pytest.fixture
def asked(restored_copy: Restored, monkeypatch: pytest.MonkeyPatch) -> Question:
    """A question to the server, by a function that reaches no AWS and trusts the server's own."""
    monkeypatch.setattr(handler, "CERTIFICATES", restored_copy.trust.authority)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "only-an-example")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    question = "SELECT count(*) FROM notices"
    port = restored_copy.port
    return Question(host="localhost", port=port, database="numbers", user=LOGIN, query=question)


def test_what_it_signs_itself_opens_the_login_and_anything_else_is_refused(
    restored_copy: Restored, asked: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked["database"], asked["query"] = "signed", "SELECT current_user"
    signed = handler._token(asked)
    port = restored_copy.port
    assert signed.startswith(f"localhost:{port}/?Action=connect&DBUser={LOGIN}&X-Amz-Algorithm=")
    monkeypatch.setattr(handler, "_token", lambda asked: signed)
    with pytest.raises(NotConnectedError, match=r"password authentication failed .*users NAME"):
        handler.handle(asked, None)
    restored_copy.cluster.query(f"ALTER ROLE {LOGIN} PASSWORD '{signed}'")
    assert handler.handle(asked, None) == {"answer": LOGIN, "problem": ""}


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("SELECT true", "t"),
        ("SELECT count(*), 'more' FROM notices", "2"),
        ("SELECT NULL", ""),
        ("SELECT 1 WHERE false", ""),
        ("SELECT (ARRAY[1, 2, 3])[1:2] -- :not_a_parameter $1", "{1,2}"),
        ("SELECT has_schema_privilege('former', 'USAGE')", "f"),
        ("SELECT repeat('x', 300)", "x" * 200),
    ],
)
def test_an_answer_is_as_psql_prints_it(asked: Question, query: str, answer: str) -> None:
    asked["query"] = query
    assert handler.handle(asked, None) == {"answer": answer, "problem": ""}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM salaries", "permission denied for table salaries"),
        ("INSERT INTO notices VALUES (3)", "cannot execute INSERT in a read-only transaction"),
        (
            "SET transaction_read_only = off; DELETE FROM notices",
            "permission denied for table notices",
        ),
    ],
)
def test_the_login_of_the_reviewed_sql_reads_what_the_file_names_and_changes_nothing(
    asked: Question, query: str, said: str
) -> None:
    asked["query"] = query
    assert handler.handle(asked, None) == {"answer": "", "problem": f"the query failed: {said}"}


def test_a_server_that_has_no_certificate_of_amazons_is_told_nothing(
    restored_copy: Restored, asked: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    amazons = restored_copy.folder / "amazons.pem"
    amazons.write_text(packing.certificates("us-east-1"))
    monkeypatch.setattr(handler, "CERTIFICATES", amazons)
    with pytest.raises(NotConnectedError, match="CERTIFICATE_VERIFY_FAILED"):
        handler.handle(asked, None)


def test_a_server_of_another_name_is_told_nothing(
    asked: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.create_connection
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda address, *more: connect(("localhost", address[1]), *more),
    )
    asked["host"] = "books.us-east-1.rds.amazonaws.com"
    with pytest.raises(NotConnectedError, match="Hostname mismatch"):
        handler.handle(asked, None)
