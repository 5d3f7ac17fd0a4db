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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbook.changes.context import Context

ENDED = "ended\n"


@contextmanager
def watching_over(context: Context, folder: Path, review: str) -> Iterator[None]:
    """Have the guards of a review's stacks put back by another process, should this one die."""
    given = [str(folder), context.records.writer, [*context.caller], review]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    ) as process:
        assert process.stdin  # noqa: S101 - a pipe was asked for; mypy cannot see it
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        word = ENDED
        try:
            yield
        except KeyboardInterrupt:  # a thread may still wait for CloudFormation, its guard lifted
            word = ""
            raise
        finally:
            if word:
                process.communicate(word)


def _guard(folder: str, writer: str, caller: tuple[str, str, str], review: str) -> None:
    """Put the guards back, each as soon as CloudFormation is done with its stack."""
    from rich.console import Console

    from runbook.base import aws
    from runbook.base.polling import poll
    from runbook.changes.records import Records
    from runbook.changes.repair import put_back
    from runbook.changes.stores import Folder

    records = Records(Folder(Path(folder)), writer)
    console = Console(file=io.StringIO(), emoji=False)
    client = aws.cloudformation(records.review(review).review.changed[0].region)
    poll(client, lambda: put_back(console, aws.Caller(*caller), records), lambda left: not left)


def _main() -> None:
    given = sys.stdin.readline()
    if given and sys.stdin.readline() != ENDED:
        _guard(*json.loads(given))


if __name__ == "__main__":
    _main()
