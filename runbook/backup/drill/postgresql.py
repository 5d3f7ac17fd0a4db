"""A restored server, on a socket in a folder of its own and nowhere else."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from runbook.backup.drill import place, programs
from runbook.base.errors import UserError

LONGEST_SOCKET = 107
"""Bytes in the path of a Unix socket on Linux: <https://man7.org/linux/man-pages/man7/unix.7.html>"""
AMCHECK = 14
"""The first version of PostgreSQL that has `pg_amcheck`."""


class Server:
    """Serves what was restored until the end of the block, and is stopped then.

    Nothing of the restored configuration leads outside: it listens on no network, archives nothing,
    loads no library and lets nobody in but who can reach the socket. `fsync` is off: what it
    writes is thrown away.
    <https://www.postgresql.org/docs/current/runtime-config.html>
    """

    def __init__(self, work: Path, version: str, variables: Mapping[str, str]) -> None:
        self.data, self._work, self._version = work / "data", work, version
        self._environment = dict(variables)
        self._log = work / "postgresql.log"
        self.variables = {"PGHOST": str(work), "PGUSER": "postgres"}
        if len(f"{work}/.s.PGSQL.5432") > LONGEST_SOCKET:
            raise UserError(f"{work} is too long for a socket.", "Name a shorter --folder.")

    def __enter__(self) -> Self:
        rules, configuration = self._work / "pg_hba.conf", self._work / "postgresql.conf"
        place.write(rules, "local all all trust\n")
        place.write(configuration, "")
        place.write(self._log, "")
        settings = {
            "config_file": str(configuration),
            "hba_file": str(rules),
            "listen_addresses": "",
            "unix_socket_directories": str(self._work),
            "port": "5432",
            "ssl": "off",
            "archive_mode": "off",
            "hot_standby": "off",
            "logging_collector": "off",
            "log_destination": "stderr",
            "log_min_messages": "log",
            "primary_conninfo": "",
            "shared_preload_libraries": "",
            "fsync": "off",
        }
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [self._program("postgres"), "-D", str(self.data), *options],
                cwd=self._work,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **programs.as_account(),
            )
        try:
            self._recover()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server at once, and wait for it as its parent: nothing of it is needed."""
        self._process.send_signal(signal.SIGQUIT)  # the immediate shutdown
        try:
            self._process.wait(place.SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """Return what the server said."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def ask(self, database: str, query: str) -> str:
        """Return a query's answer, as psql prints it."""
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query]
        return self._client("psql", options, "the query").strip()

    def check(self) -> str:
        """Look at every page of every table and index, and say so."""
        if int(self._version.partition(".")[0]) < AMCHECK:
            return f"PostgreSQL {self._version} has no pg_amcheck: pages were not looked at"
        self._client("pg_amcheck", ["--all", "--install-missing"], "pg_amcheck")
        return "pg_amcheck found nothing wrong in any table or index"

    def _recover(self) -> None:
        """Wait until the WAL is replayed, however long that takes: only its end can be told."""
        command = [self._program("psql"), "-XqAt", "-d", "postgres"]
        while self._process.poll() is None:
            asked = subprocess.run(
                [*command, "-c", "SELECT pg_is_in_recovery()"],
                cwd=self._work,
                env={**self._environment, **self.variables},
                capture_output=True,
                text=True,
                check=False,
                **programs.as_account(),
            )
            if asked.stdout.strip() == "f":
                return
            time.sleep(0.3)
        raise programs.failure("starting the restored server", self.log())

    def _client(self, name: str, options: list[str], doing: str) -> str:
        variables = {**self._environment, **self.variables}
        command = [self._program(name), *options]
        return programs.run(command, variables, self._work, doing, programs.as_account())

    def _program(self, name: str) -> str:
        """Return a program of the very version: no other can read the data."""
        folders = [Path(f"/usr/lib/postgresql/{self._version}/bin")]
        folders.append(Path(f"/usr/pgsql-{self._version}/bin"))
        return programs.program(name, f"postgresql-{self._version}", folders)
