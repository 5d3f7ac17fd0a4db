"""A Postfix of one's own in a folder: Debian's program, with a configuration, a queue and a log."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from tests.programs import require

# It relays what is handed to `sendmail`, and listens nowhere.
SERVICES = """\
pickup     unix        n  -  n  60    1  pickup
cleanup    unix        n  -  n  -     0  cleanup
qmgr       unix        n  -  n  300   1  qmgr
tlsmgr     unix        -  -  n  1000? 1  tlsmgr
rewrite    unix        -  -  n  -     -  trivial-rewrite
bounce     unix        -  -  n  -     0  bounce
defer      unix        -  -  n  -     0  bounce
trace      unix        -  -  n  -     0  bounce
flush      unix        n  -  n  1000? 0  flush
proxymap   unix        -  -  n  -     -  proxymap
smtp       unix        -  -  n  -     -  smtp
relay      unix        -  -  n  -     -  smtp
showq      unix        n  -  n  -     -  showq
error      unix        -  -  n  -     -  error
retry      unix        -  -  n  -     -  error
scache     unix        -  -  n  -     1  scache
postlog    unix-dgram  n  -  n  -     1  postlogd
"""


SECONDS = 60
"""How long anything may take."""


class Postfix:
    """A folder with Postfix's configuration; `running` starts it."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.etc, self.queue, data = (folder / name for name in ("etc", "queue", "data"))
        for each in (self.etc, self.queue, data):
            each.mkdir()
        shutil.chown(data, "postfix")
        self.log = ""
        self._process: subprocess.Popen[bytes] | None = None
        own = {
            "compatibility_level": "3.6",
            "queue_directory": str(self.queue),
            "data_directory": str(data),
            "maillog_file": "/dev/stdout",
            "myhostname": "server.example.org",
            "mydestination": "",
            "inet_interfaces": "loopback-only",
            "inet_protocols": "ipv4",
            "smtp_host_lookup": "native",
            # A message in the queue is tried again at once when it is asked for.
            "minimal_backoff_time": "1s",
        }
        lines = [f"{name} = {value}\n" for name, value in (own | dict(settings)).items()]
        self.main_cf = self.etc / "main.cf"
        self.main_cf.write_text("".join(lines))
        (self.etc / "master.cf").write_text(SERVICES)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it in the foreground, and have it stop by itself in the end."""
        program = require("postfix")
        process = subprocess.Popen(
            [program, "-c", self.etc, "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
        )
        with process:
            self._process = process
            try:
                self.until(lambda: "daemon started" in self.log)
                yield
            finally:
                # It reads the process id from its own queue, and waits for the end.
                subprocess.run([program, "-c", self.etc, "stop"], check=False)

    def run(self, program: str, *arguments: str | Path, text: str | None = None) -> str:
        """Run one of Postfix's programs, or a script with them, on this configuration."""
        finished = subprocess.run(
            [require(program), *arguments],
            env={**os.environ, "MAIL_CONFIG": str(self.etc)},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def send(self, from_: str, to: str, subject: str, envelope: str | None = None) -> None:
        """Hand a message over as a program on the server does."""
        mail = f"From: {from_}\nTo: {to}\nSubject: {subject}\n\nHello\n"
        self.run("sendmail", "-f", envelope or from_, to, text=mail)

    def waiting(self) -> int:
        """Return how many messages wait in the queue."""
        folders = ("maildrop", "incoming", "active", "deferred", "hold")
        return sum(
            entry.is_file() for folder in folders for entry in (self.queue / folder).rglob("*")
        )

    def until(self, done: Callable[[], bool]) -> None:
        """Read the log until something holds, of it or of the queue."""
        assert self._process
        assert self._process.stdout
        pipe, end = self._process.stdout.fileno(), monotonic() + SECONDS
        while not done():
            assert monotonic() < end, self.log
            if select.select([pipe], [], [], 0.1)[0]:
                read = os.read(pipe, 65_536).decode()
                assert read, f"Postfix ended: {self.log}"
                self.log += read


@contextmanager
def postfix(**settings: str) -> Iterator[Postfix]:
    """Make one in a folder that its user `postfix` can reach."""
    require("postfix")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        Path(name).chmod(0o755)
        yield Postfix(Path(name), settings)
