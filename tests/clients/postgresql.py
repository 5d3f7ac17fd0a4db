"""A PostgreSQL server of one's own, without the system's services: Debian's programs, run here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded import processes
from tests.programs import require

ACCOUNT = "postgres"
SECONDS = 60


def run_as() -> dict[str, Any]:
    """Say who runs the server: PostgreSQL refuses root, who then becomes Debian's postgres."""
    if os.geteuid():
        return {}
    return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}


def give(path: Path) -> None:
    """Give a file or a folder to who runs the server."""
    if not os.geteuid():
        shutil.chown(path, ACCOUNT, ACCOUNT)


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a program as the server's account, and return what it printed."""
    finished = attempt(*command, environment=environment)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def attempt(
    *command: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program as the server's account, whatever comes of it."""
    return subprocess.run(
        command,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **run_as(),
    )


@dataclass(frozen=True)
class Cluster:
    """A data directory in a folder of its own. Its server listens on a socket there, only."""

    folder: Path
    name: str
    port: int | None = None
    """PGPORT, or PostgreSQL's own, unless named."""
    standby: bool = False

    @property
    def data(self) -> Path:
        return self.folder / self.name

    def initialize(self) -> None:
        """Make it, with segments of WAL of 1 MiB in place of 16."""
        options = ("--auth=trust", "--username=postgres", "--no-sync", "--wal-segsize=1")
        run(require("initdb"), "-D", self.data, *options)

    @contextmanager
    def running(self, **settings: str) -> Iterator[None]:
        """Run the server until the end of the block, and then stop it by its process."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            **({"port": str(self.port)} if self.port else {}),
            **settings,
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / f"{self.name}.log").open("w") as log:
            server = subprocess.Popen(
                [require("postgres"), "-D", self.data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **run_as(),
            )
        try:
            assert processes.until(lambda: self._serves(server), SECONDS), self.log()
            yield
        finally:
            # The fast shutdown, which waits until the last of the WAL is archived.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(SECONDS)
            finally:
                server.kill()
                server.wait()

    def query(self, statement: str) -> str:
        """Run SQL, and return its rows as text."""
        return run(*self._psql(statement))

    def log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text(errors="replace")

    def _serves(self, server: subprocess.Popen[bytes]) -> bool:
        """Tell whether it takes writes: a restored one first replays what was archived.

        A standby never does.
        """
        assert server.poll() is None, self.log()
        asked = attempt(*self._psql("SELECT pg_is_in_recovery()"))
        return asked.stdout.strip() == ("t" if self.standby else "f")

    def _psql(self, statement: str) -> list[str]:
        connection = ["-h", str(self.folder), "-U", "postgres", "-d", "postgres"]
        connection += ["-p", str(self.port)] if self.port else []
        return [require("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *connection, "-c", statement]
