"""The folder of a drill: made for it, for nobody else to read, and gone afterwards."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from runbook.backup.drill.programs import as_account
from runbook.base.errors import UserError

SECONDS = 20
"""For a server that a dead run left to end."""


class Place:
    """A folder named after the drill, held by a lock, with `work` in it.

    When a run is killed and cannot remove it, the next one does, with a server that still runs
    there. Only the account that restores can read what is in `work`: the key, and the data.
    """

    def __init__(self, parent: Path, name: str) -> None:
        self.folder = parent.absolute() / f"groundwork-drill-{name}"
        self.work = self.folder / "work"
        self._lock = -1

    def __enter__(self) -> Self:
        self._lock = self._made()
        self._clear()
        self.folder.chmod(0o711 if as_account() else 0o700)
        self.work.mkdir(mode=0o700)
        give(self.work)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._clear()
        with suppress(FileNotFoundError):
            self.folder.rmdir()
        os.close(self._lock)

    def _made(self) -> int:
        """Make the folder and hold it. A run that ends just now removes it: make it again then."""
        while True:
            try:
                self.folder.mkdir(mode=0o700, exist_ok=True)
            except OSError as error:
                raise UserError(
                    f"{self.folder} cannot be made: {error.strerror}", "Name another --folder."
                ) from None
            held = self._locked()
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(held), self.folder.stat()):
                    return held
            os.close(held)

    def _locked(self) -> int:
        """Hold the folder, if it is ours: whoever made one before us could read what is in it."""
        try:
            held = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise UserError(
                f"{self.folder} cannot be used: {error.strerror}", "Name another --folder."
            ) from None
        found = os.fstat(held)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o066:
            os.close(held)
            raise UserError(f"{self.folder} is somebody else's.", "Name another --folder.")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise UserError(
                "This drill is running already.", f"It works in {self.folder}: wait for its end."
            ) from None
        return held

    def _clear(self) -> None:
        stop(self.work / "data")
        end(self.work)
        if self.work.exists():
            shutil.rmtree(self.work)


def give(path: Path) -> None:
    """Give a file or a folder to the account that restores."""
    if account := as_account():
        shutil.chown(path, account["user"], account["group"])


def write(path: Path, text: str) -> None:
    """Write a file that only the account that restores can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    give(path)


def stop(data: Path) -> None:
    """End the server of a data directory, at once: nothing of it is needed any more."""
    pid = _server(data)
    if pid is None:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)  # the immediate shutdown
        for _ in range(SECONDS * 10):
            os.kill(pid, 0)
            if _server(data) is None:
                return  # ended, and nobody has waited for it yet
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)


def end(work: Path) -> None:
    """End every program that still works in a folder: one that was killed leaves its own behind.

    On Linux alone, where it can be told which these are.
    """
    deadline = time.monotonic() + SECONDS
    while (left := _working(work.resolve())) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _working(folder: Path) -> list[int]:
    """Return the processes whose working directory is in a folder; those of others are unknown."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if entry.readlink().is_relative_to(folder):
                found.append(int(entry.parent.name))
    return found


def _server(data: Path) -> int | None:
    """Return the process that serves a data directory. A number may be another's by now."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        working = Path(f"/proc/{pid}/cwd")
        if Path("/proc/self").exists() and working.resolve() != data.resolve():
            return None
    except (OSError, ValueError, IndexError):
        return None
    return pid
