"""Asks the restored copy of a database, as a login that reads what the file names and no more.

RDS lets a login in by IAM: what serves as its password is signed here, with the function's own
role, and opens one login for a quarter of an hour. There is no secret, and no call of AWS: the
function needs no way out of its network.
<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html>
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

import boto3
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

CERTIFICATES = Path(__file__).with_name("rds.pem")
"""Amazon's certificates of the region, packed along with the function."""
SECONDS = 14 * 60
"""For the answer: a copy fetches what it reads from S3 first. The function has a minute more."""
LONGEST = 200
"""Characters of an answer that are kept."""
REFUSED = ("28000", "28P01")
"""<https://www.postgresql.org/docs/current/errcodes-appendix.html>, class 28"""
NO_LOGIN = (
    "the SQL of `groundwork database users NAME --drill` makes it, and the snapshot has to be newer"
)


class Question(TypedDict):
    """Where the copy is, and what it is asked."""

    host: str
    port: int
    database: str
    user: str
    query: str


class Answer(TypedDict):
    """What it answered, as psql prints it; or why it did not, in PostgreSQL's words."""

    answer: str
    problem: str


class NotConnectedError(Exception):
    """Why nobody could be asked: it may be otherwise in a moment, and is tried again."""


def handle(event: Question, context: object) -> Answer:
    """Ask, and return the first value of the first row. Raises where the copy takes no login."""
    connection = connect(event, _token(event))
    try:
        return {"answer": ask(connection, event["query"]), "problem": ""}
    except DatabaseError as error:
        return {"answer": "", "problem": f"the query failed: {_words(error)}"}
    except (InterfaceError, OSError) as error:
        return {"answer": "", "problem": f"the connection was lost during the query: {error}"}
    finally:
        # Closing writes to the server, which a lost connection does not take.
        with suppress(InterfaceError, OSError):
            connection.close()


def connect(asked: Question, password: str) -> Connection:
    """Log in over TLS to the very host that was asked for, known by Amazon's certificates."""
    try:
        return Connection(
            asked["user"],
            host=asked["host"],
            port=asked["port"],
            database=asked["database"],
            password=password,
            ssl_context=ssl.create_default_context(cafile=str(CERTIFICATES)),
            timeout=SECONDS + 30,
            application_name="groundwork drill",
        )
    except DatabaseError as error:
        raise NotConnectedError(_words(error)) from None
    except (InterfaceError, OSError) as error:
        raise NotConnectedError(f"{asked['host']}: {error}") from None


def ask(connection: Connection, query: str) -> str:
    """Return a query's first value as PostgreSQL writes it; nothing is taken for a parameter."""
    connection.pg_types.clear()
    connection.execute_simple(f"SET statement_timeout = '{SECONDS}s'")
    rows = connection.execute_simple(query).rows
    value = rows[0][0] if rows and rows[0] else None
    return "" if value is None else str(value)[:LONGEST]


def _token(asked: Question) -> str:
    """Sign what opens the login: this calls nobody."""
    return boto3.client("rds").generate_db_auth_token(asked["host"], asked["port"], asked["user"])


def _words(error: DatabaseError) -> str:
    """Return PostgreSQL's message, and where a login that is refused comes from."""
    told: dict[str, str] = error.args[0]
    hint = f" ({NO_LOGIN})" if told.get("C") in REFUSED else ""
    return f"{told.get('M', '')}{hint}"
