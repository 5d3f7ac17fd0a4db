"""`groundwork database connect` and `tunnel`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from runbook.base import secrets
from runbook.base.errors import UserError
from runbook.credentials.values import DatabaseSecret
from runbook.database import session
from runbook.database import tunnel as forwarding
from runbook.database.place import Place, find


def connect(
    configuration: Path,
    name: str,
    arguments: Sequence[str],
    ca: Path | None,
    replica: str | None = None,
) -> int:
    """Run psql on a database or its replica, and return its status."""
    session.psql()
    place = find(configuration, name, replica)
    if place.behind_proxy:
        raise UserError(
            f"{replica} of {name} takes the logins of its consumers alone.",
            f"As the owner: groundwork database connect {name}",
        )
    return run(place, arguments, ca)


def run(place: Place, arguments: Sequence[str], ca: Path | None, script: str | None = None) -> int:
    """Run psql on a place as the database's owner, and return its status."""
    trust = session.trusted(ca, place.region)
    secret = _secret(place)
    if place.public:
        return session.run(secret, trust, arguments, local_port=None, script=script)
    place.require_bastion()
    port = forwarding.free_port()
    command = forwarding.command(place, port)
    forwarding.wake(place)
    with forwarding.opened(command, port):
        return session.run(secret, trust, arguments, local_port=port, script=script)


def tunnel(configuration: Path, name: str, port: int, replica: str | None = None) -> None:
    """Become the command that forwards a port, until it is interrupted."""
    place = find(configuration, name, replica)
    place.require_bastion()
    command = forwarding.command(place, port)
    forwarding.wake(place)
    print(f"Listening on 127.0.0.1:{port}; Ctrl-C closes the tunnel.", flush=True)
    os.execv(command[0], command)  # noqa: S606 - no shell


def _secret(place: Place) -> DatabaseSecret:
    """Read the password; where the database is, the stack's outputs know better than a copy."""
    value = secrets.read(place.secret, place.readers)
    return DatabaseSecret.model_validate(
        {
            **value,
            "name": place.name,
            "host": place.host,
            "port": place.port,
            "dbname": place.database,
            "username": place.user,
        }
    )
