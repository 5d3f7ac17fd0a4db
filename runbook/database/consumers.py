"""Logins of those who read a replica: SQL to review, in which no password stands, and passwords."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook.base import aws, secrets
from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.base.outputs import Outputs
from runbook.credentials.read import readers_of
from runbook.database import scram
from runbook.database.connect import run
from runbook.database.place import Place, find
from runbook.database.users import render
from settings import Settings, load
from settings.contract import Output
from settings.models.databases import Aurora

MARK = "Reads a replica, as Groundwork declares"
"""The comment of a login, by which the SQL tells it from one that may do more."""


@dataclass(frozen=True)
class ConsumerLogin:
    """A login, which consumer it is of, and what it reads."""

    named: str
    user: str
    schemas: tuple[str, ...]
    audited: bool = False
    """Whether pgaudit logs all that it asks, which is a setting of the login."""


def logins(settings: Settings, database: str) -> list[ConsumerLogin]:
    """Return the logins of a database's replicas, or say that the file has none."""
    declared = settings.data.databases.get(database)
    audited = isinstance(declared, Aurora) and bool(declared.pgaudit)
    found = [
        ConsumerLogin(str(named), consumer.login(named.consumer), consumer.schemas, audited)
        for named, consumer in settings.data.consumers()
        if named.database == database
    ]
    if not found:
        raise UserError(
            f"The file has no consumers of {database}.",
            "They are declared below a replica: docs/databases.md#let-another-organization-read",
        )
    return found


def statements(place: Place, found: list[ConsumerLogin]) -> str:
    """Return SQL that makes the logins, and takes back what the file says no longer."""
    return render("consumers.sql.j2", place=place, logins=found, mark=MARK)


def set_passwords(configuration: Path, name: str, ca: Path | None) -> int:
    """Give each login of a database the password in its secret, and return psql's status.

    The database gets a digest, from which nobody has the password. It is on no command line.
    """
    settings = load(configuration)
    place, found = find(configuration, name), logins(settings, name)
    aws.announce(aws.caller(place.region), place.region)
    status = run(place, ["-Xq", "-f", "-"], ca, script="".join(_alterations(settings, found)))
    if status == 0:
        print(f"Set: {', '.join(login.user for login in found)}. Replicas follow within seconds.")
    return status


def _alterations(settings: Settings, found: list[ConsumerLogin]) -> Iterator[str]:
    outputs = Outputs(settings, Output.CONSUMER_SECRET)
    yield "\\set ON_ERROR_STOP on\n"
    for login in found:
        secret = outputs[Output.CONSUMER_SECRET, login.named]
        readers = readers_of(settings, login.named, Kind.CONSUMER)
        password = secrets.read(secret, readers)["password"]
        yield f"ALTER ROLE \"{login.user}\" PASSWORD '{scram.verifier(str(password))}';\n"
