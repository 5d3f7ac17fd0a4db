"""Debian's Exim, unpacked into a folder: its package excludes Postfix's.

Its user does not exist then. A wrapper of the name service names `nobody` so, or whoever runs it:
the program refuses to be root's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.programs import require

FRAME = """\
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
primary_hostname = server.example.org
keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
never_users =
exim_path = {folder}/exim4
domainlist local_domains = @
"""
USER = "Debian-exim"
"""What the program looks for before it reads anything."""
NOBODY = 65534


class Exim:
    """The program, which delivers one message at once by a configuration that it is given."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.program = folder, Path(shutil.copy(require("exim4"), folder))
        self.program.chmod(0o755)
        user, group = os.getuid() or NOBODY, os.getgid() or NOBODY
        names = {USER: user, "caller": os.getuid()}
        lines = [
            f"{name}:x:{number}:{group}::{folder}:/bin/false\n" for name, number in names.items()
        ]
        (folder / "passwd").write_text("".join(lines))
        (folder / "group").write_text(f"{USER}:x:{group}:\n")
        (folder / "spool").mkdir()
        for each in (folder, folder / "spool"):
            os.chown(each, user, group)

    def deliver(self, form: str) -> None:
        """Relay a message with a form's parts, each under the heading that its comment names."""
        file = self.folder / "exim.conf"
        parts = FRAME.format(folder=self.folder) + form
        for name, comment in (
            ("routers", "# Among the routers, before those that deliver to other hosts:"),
            ("transports", "# Among the transports:"),
            ("authenticators", "# Among the authenticators:"),
        ):
            parts = parts.replace(comment, f"begin {name}")
        # SES is on this machine here.
        parts = parts.replace("  no_more\n", "  no_more\n  self = send\n")
        file.write_text(parts, encoding="utf-8")
        finished = subprocess.run(
            [self.program, "-C", file, "-odf", "-oi", "to@example.org"],
            input=b"Subject: x\n\nx\n",
            env={
                **os.environ,
                "LD_PRELOAD": "libnss_wrapper.so",
                "NSS_WRAPPER_PASSWD": str(self.folder / "passwd"),
                "NSS_WRAPPER_GROUP": str(self.folder / "group"),
            },
            capture_output=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr.decode()
        log = (self.folder / "mainlog").read_text(errors="replace")
        assert "=> to@example.org" in log, log


@contextmanager
def exim() -> Iterator[Exim]:
    """Yield one in a folder that its user can reach."""
    require("exim4")
    with tempfile.TemporaryDirectory(prefix="exim-") as name:
        Path(name).chmod(0o755)
        yield Exim(Path(name))
