"""A session of psql with a database, whose password nobody sees."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from runbook.base.errors import UserError
from runbook.credentials.dialects import pgpass
from runbook.credentials.values import DatabaseSecret
from runbook.database import certificates

OTHERS = ("PGSERVICE", "PGSERVICEFILE", "PGPASSWORD", "PGPASSFILE", "PGHOSTADDR", "PGOPTIONS")
"""Variables that would lead psql elsewhere."""


def trusted(given: Path | None, region: str) -> str:
    """Return the certificates of a file, or of Amazon's authorities in the database's region.

    Nothing is downloaded in passing: whoever could change that could stand between.
    """
    file = given or Path(os.environ.get("PGSSLROOTCERT") or "")
    if file == Path():
        return certificates.of_region(region)
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise UserError(
            f"There are no certificates in {file}.",
            "Name another file; without --ca and PGSSLROOTCERT, Amazon's are used.",
        ) from None


def psql() -> str:
    """Return the program, or say that it is missing."""
    if found := shutil.which("psql"):
        return found
    raise UserError("psql is not installed.", "On Debian: apt-get install postgresql-client")


def run(
    secret: DatabaseSecret,
    trust: str,
    arguments: Sequence[str],
    *,
    local_port: int | None,
    script: str | None = None,
) -> int:
    """Run psql to its end, and return its status. Through a tunnel, it is at `local_port`.

    `trust` has the certificates, as PEM, by which the database is known.
    The password is in a file that only this user can read, until psql ends. A `script` takes the
    place of standard input.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundwork-")))
        variables = _written(folder, secret, trust, local_port or secret.port)
        if local_port:
            variables["PGHOSTADDR"] = "127.0.0.1"
        # Ctrl-C ends a query, and not the session.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        stack.callback(signal.signal, signal.SIGINT, before)
        finished = subprocess.run(
            [psql(), *arguments],
            env=_environment(variables),
            check=False,
            input=script,
            text=True,
            preexec_fn=_interruptible,
        )
        return finished.returncode


def _written(folder: Path, secret: DatabaseSecret, trust: str, port: int) -> dict[str, str]:
    """Write the password and the authorities, and return the variables that lead psql to them."""
    passwords, authorities = folder / "pgpass", folder / "authorities.pem"
    authorities.write_text(trust, encoding="ascii")
    passwords.touch(mode=0o600)
    fields = (secret.host, str(port), secret.username, secret.password)
    host, number, user, password = map(pgpass, fields)
    passwords.write_text(f"{host}:{number}:*:{user}:{password}\n", encoding="utf-8")
    return {
        "PGHOST": secret.host,
        "PGPORT": str(port),
        "PGDATABASE": secret.database,
        "PGUSER": secret.username,
        "PGPASSFILE": str(passwords),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(authorities),
    }


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OTHERS}
    return kept | dict(variables)
