"""The programs that `make clients` installs, for the tests that drive them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Where Debian puts them. A program of the same name, found by PATH elsewhere, may be another one.
DEBIAN = ("/usr/bin", "/usr/sbin")
# Exim's package excludes Postfix's: `make clients` unpacks it there.
UNPACKED = "/opt/exim/usr/sbin"
# PostgreSQL's own programs are on nobody's PATH: several versions can be installed.
POSTGRESQL = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name)
)


def require(program: str) -> str:
    """Return a program's path. Without it the test is skipped; where CI is set, it fails."""
    folders = [*DEBIAN, UNPACKED, *map(str, reversed(POSTGRESQL)), os.environ.get("PATH", "")]
    return shutil.which(program, path=os.pathsep.join(folders)) or missing(program)


def missing(program: str) -> NoReturn:
    """Skip the test, or fail it where CI is set, for want of what `make clients` installs."""
    reason = f"{program} is not installed: run make clients (Debian, as root)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
