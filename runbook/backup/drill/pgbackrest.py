"""A PostgreSQL server, restored by pgBackRest from its newest backup and all its WAL."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from runbook.backup.drill import place, programs
from runbook.backup.drill.assignment import Assignment, Backup, DrillError
from runbook.backup.drill.endpoint import Endpoint
from runbook.backup.drill.postgresql import Server
from runbook.credentials.forms import Form, written

PASSWORDS = ("PGBACKREST_REPO1_CIPHER_TYPE", "PGBACKREST_REPO1_CIPHER_PASS")
"""The repository's own encryption, where it has any: the environment says what the file must not.

<https://pgbackrest.org/configuration.html#section-repository/option-repo-cipher-type>
"""


class _Database(TypedDict):
    id: int
    version: str


class _Archive(TypedDict):
    database: _Database
    max: str | None


class _Backup(TypedDict):
    label: str
    database: _Database
    timestamp: dict[str, int]
    info: dict[str, int]


class Stanza(TypedDict):
    """A stanza as `pgbackrest info` has it, as far as a drill reads it.

    <https://pgbackrest.org/command.html#command-info>
    """

    name: str
    status: dict[str, str]
    db: list[_Database]
    backup: list[_Backup]
    archive: list[_Archive]


@dataclass(frozen=True)
class Newest:
    """What the repository says of a stanza's newest backup."""

    stanza: str
    backup: Backup
    version: str
    """The major version of its PostgreSQL."""
    last_segment: str
    """The last WAL segment that was archived."""


def restore(given: Assignment) -> None:
    """Restore, start, and ask. Raises `DrillError` with what is wrong."""
    newest = _newest(given)
    given.found(newest.backup)
    data, tablespaces = given.work / "data", given.work / "tablespaces"
    options = [f"--stanza={newest.stanza}", f"--pg1-path={data}"]
    _pgbackrest(given, "restore", *options, f"--tablespace-map-all={tablespaces}")
    given.findings.add("pgBackRest restored it, each file with the checksum that it had")
    with Server(given.work, newest.version, _variables(given)) as server:
        _is_whole(server, newest.last_segment)
        given.findings.add(f"PostgreSQL {newest.version} replayed its WAL to the last segment")
        _look_at(given, server)


def _look_at(given: Assignment, server: Server) -> None:
    drill = given.drill
    given.findings.add(server.check())
    if drill.query is not None:
        answer = server.ask(drill.database, drill.query)
        if answer != drill.expect:
            raise DrillError(
                f"the query answered {answer or 'nothing'}, and {drill.expect} is expected: "
                f"{drill.query}"
            )
        given.findings.add(f"{drill.query}: {answer}")
    if drill.command:
        variables = {**server.variables, "PGDATABASE": drill.database}
        account = programs.as_account()
        judged = programs.judge(drill.command, server.data, variables, given.work, account)
        given.findings.add(judged)


def _is_whole(server: Server, last: str) -> None:
    """Compare the replay with the archive: PostgreSQL takes a gap for the end, and says nothing."""
    replayed = re.findall(r'restored log file "([0-9A-F]{24})"', server.log())
    if last and last not in replayed:
        reached = max(replayed, default="none")
        raise DrillError(
            f"a WAL segment is missing: the archive goes on to {last}, and the replay ended with "
            f"{reached}"
        )


def _newest(given: Assignment) -> Newest:
    stanzas: list[Stanza] = json.loads(_pgbackrest(given, "info", "--output=json"))
    names = [stanza["name"] for stanza in stanzas]
    wanted = given.drill.stanza
    fitting = [stanza for stanza in stanzas if wanted in (None, stanza["name"])]
    if not fitting:
        raise DrillError(f"the repository has no stanza{f' {wanted}' if wanted else ''}")
    if len(fitting) > 1:
        raise DrillError(f"the drill names no stanza, and there are {', '.join(names)}")
    (stanza,) = fitting
    if not stanza.get("backup"):
        raise DrillError(f"there is no backup: {stanza['status']['message']}")
    return _read(stanza)


def _read(stanza: Stanza) -> Newest:
    """Take the newest backup from what a stanza has."""
    newest = stanza["backup"][-1]
    database = newest["database"]["id"]
    versions = {each["id"]: each["version"] for each in stanza["db"]}
    archives = [a for a in stanza["archive"] if a["database"]["id"] == database]
    made = datetime.fromtimestamp(newest["timestamp"]["stop"], UTC)
    return Newest(
        stanza["name"],
        Backup(newest["label"], made, newest["info"]["size"]),
        versions[database],
        max((archive["max"] or "" for archive in archives), default=""),
    )


def _pgbackrest(given: Assignment, action: str, *options: str) -> str:
    path = programs.program("pgbackrest", "pgbackrest")
    command = [path, f"--config={_configuration(given)}", *options, action]
    return programs.run(
        command, _variables(given), given.work, f"pgbackrest {action}", programs.as_account()
    )


def _configuration(given: Assignment) -> Path:
    """Write pgBackRest's configuration, with the key, once."""
    file = given.work / "pgbackrest.conf"
    if not file.exists():
        work = given.work
        # A request is repeated by itself; a file with another checksum stays what it is.
        local = f"lock-path={work}/lock\nspool-path={work}/spool\nlog-level-file=off\njob-retry=1\n"
        prefix = given.writer.prefix
        secret = given.secret.model_copy(update={"prefix": prefix})
        place.write(file, written(Form.PGBACKREST, secret) + local + _elsewhere(given))
    return file


def _elsewhere(given: Assignment) -> str:
    endpoint = Endpoint.of_environment()
    if endpoint is None:
        return ""
    certificates = given.work / "ca.pem"
    place.write(certificates, Path(endpoint.certificates).read_text(encoding="ascii"))
    return (
        f"repo1-storage-host={endpoint.host}\nrepo1-storage-port={endpoint.port}\n"
        f"repo1-storage-ca-file={certificates}\nrepo1-s3-uri-style=path\n"
    )


def _variables(given: Assignment) -> dict[str, str]:
    passed = {name: os.environ[name] for name in PASSWORDS if name in os.environ}
    return programs.environment(passed, given.work)
