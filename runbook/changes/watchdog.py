"""A second process, which puts the guards back when the one that executes is killed.

Without a state machine nothing in AWS does. It reads what to do, and then waits for a word that the
execution has ended. Whatever kills or interrupts the other process closes the pipe between them:
then it reads the end of the file in place of the word. What ends a terminal's processes does not
reach it.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbook.changes.context import Context

ENDED = "ended\n"
_KILLED = "Should this command be killed, process {} puts the guards back."
LONGEST = 24 * 60 * 60
"""The seconds after which it ends, whatever still hangs: as the state machine does."""


@contextmanager
def watching_over(context: Context, folder: Path, review: str) -> Iterator[None]:
    """Have the guards of a review's stacks put back by another process, should this one not.

    It ends with the execution, once the end is recorded. Otherwise it goes on by itself, for a day
    at most, and the person is told.
    """
    given = [str(folder), context.records.writer, [*context.caller], review]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    assert process.stdin  # noqa: S101 - a pipe was asked for; mypy cannot see it
    process.stdin.write(json.dumps(given) + "\n")
    process.stdin.flush()
    _say(context, f"Ctrl-C begins no further stack. {_KILLED.format(process.pid)}")
    try:
        yield
    finally:
        if review in context.records.begun():  # something may still run, its guard lifted
            process.stdin.close()
            _say(context, f"Process {process.pid} waits for CloudFormation, guards, and ends.")
        else:
            process.communicate(ENDED)


def _say(context: Context, text: str) -> None:
    context.console.print(text, markup=False, soft_wrap=True)


def _guard(folder: str, writer: str, caller: tuple[str, str, str], review: str) -> None:
    """Put the guards back, each as soon as CloudFormation is done with its stack."""
    from botocore.exceptions import ConnectionError as Unconnected
    from botocore.exceptions import HTTPClientError
    from rich.console import Console

    from runbook.base import aws
    from runbook.base.polling import poll
    from runbook.changes.records import Records
    from runbook.changes.repair import put_back
    from runbook.changes.stores import Folder

    records = Records(Folder(Path(folder)), writer)
    console, end = Console(file=io.StringIO(), emoji=False), time.monotonic() + LONGEST
    client = aws.cloudformation(records.review(review).review.changed[0].region)

    def is_left() -> bool:
        with suppress(Unconnected, HTTPClientError):  # the network may be back in a while
            return put_back(console, aws.Caller(*caller), records)
        return True

    poll(client, is_left, lambda left: not left or time.monotonic() > end)


def _main() -> None:
    given = sys.stdin.readline()
    if given and sys.stdin.readline() != ENDED:
        _guard(*json.loads(given))


if __name__ == "__main__":
    _main()
