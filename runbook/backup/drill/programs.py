"""Other people's programs, run without what they need not know, and their failures in words."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from runbook.backup.drill.assignment import DrillError
from runbook.base.errors import UserError

ACCOUNT = "postgres"
"""Who runs PostgreSQL in place of root, which it refuses."""
PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY")
LAST = 15
"""Lines of a program's own words that are shown."""

_STACK = re.compile(r"\.go:\d+$|^(main|runtime|github\.com)[./]")

FULL_DISK = "the disk is full, or cannot be written"
CAUSES = (
    (
        r"No space left on device|Disk quota exceeded|File too large|unable to write",
        FULL_DISK,
    ),
    (
        r"403 \(?Forbidden|Access ?Denied|InvalidAccessKeyId|SignatureDoesNotMatch|not authorized",
        "the key is refused",
    ),
    (
        r"wrong password or no key found|CryptoError|cipher (header|type)|unable to decrypt",
        "the repository's password is wrong",
    ),
    (
        r"checksum.{0,200}(does not match|mismatch|differ)|ciphertext verification|hash mismatch"
        r"|does not match id|hashes? d(o|oes) not match|Pack ID does not match|invalid data"
        r"|is corrupt|FormatError|inflate|data error|decompress|actual checksum|size mismatch",
        "what is stored is not what was written",
    ),
    (
        r"missing|does not exist|unable to find|unable to open|could not locate|not found"
        r"|WAL ends before|could not open",
        "a part of the backup is missing",
    ),
)
"""What a program's words mean, the surest first."""


class AsAccount(TypedDict, total=False):
    """Who runs a program: nothing for whoever calls."""

    user: str
    group: str
    extra_groups: Sequence[str]


def as_account() -> AsAccount:
    """Return who restores: PostgreSQL refuses root, who then becomes Debian's postgres."""
    if os.geteuid():
        return {}
    return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}


def program(name: str, package: str, folders: Sequence[Path] = ()) -> str:
    """Return a program's path, or say what to install."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    if found := shutil.which(name, path=path):
        return found
    raise UserError(f"{name} is not installed.", f"On Debian: apt-get install {package}")


def environment(more: Mapping[str, str], work: Path) -> dict[str, str]:
    """Return a program's variables: nothing of AWS but what is given."""
    own = {name: value for name in PASSED if (value := os.environ.get(name))}
    return {**own, "HOME": str(work), "TMPDIR": str(work), **more}


def run(
    command: Sequence[str],
    variables: Mapping[str, str],
    folder: Path,
    doing: str,
    account: AsAccount | None = None,
) -> str:
    """Run a program to its end, and return what it printed. Raises `DrillError` if it failed."""
    finished = subprocess.run(
        command,
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **(account or {}),
    )
    if finished.returncode:
        raise failure(doing, finished.stderr + finished.stdout)
    return finished.stdout


def failure(doing: str, text: str) -> DrillError:
    """Name what a program's words mean."""
    for pattern, cause in CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return DrillError(f"{doing} failed: {cause}", tail(text))
    return DrillError(f"{doing} failed", tail(text))


def tail(text: str) -> str:
    """Return a program's last words, without the stack that Go prints behind them."""
    lines = [line for line in text.strip().splitlines() if not _STACK.search(line)]
    return "\n".join(lines[-LAST:])


def judge(
    command: str,
    backup: Path,
    variables: Mapping[str, str],
    work: Path,
    account: AsAccount | None = None,
) -> str:
    """Run the file's own command on what was restored. Raises `DrillError` unless it ends in 0."""
    given = {**environment(variables, work), "BACKUP": str(backup)}
    run(["sh", "-c", command], given, work, "the command of the file", account)
    return f"{command}: good"
