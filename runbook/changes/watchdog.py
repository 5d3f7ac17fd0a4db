"""A second process, which puts the guards back when the one that executes is killed.

Without a state machine nothing in AWS does. It reads what to do, and then waits for a word that the
execution has ended. Whatever kills the other process closes the pipe between them: then it reads
the end of the file in place of the word. What ends a terminal's processes does not reach it.
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
    from runbook.changes.review import StackReview

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
        try:
            yield
        finally:
            process.communicate(ENDED)


def _guard(folder: str, writer: str, caller: tuple[str, str, str], review: str) -> None:
    """Put the guards back as soon as CloudFormation is done with the stacks."""
    from rich.console import Console

    from runbook.base import aws
    from runbook.changes.records import Records
    from runbook.changes.repair import put_back
    from runbook.changes.stores import Folder

    records = Records(Folder(Path(folder)), writer)
    for stack in records.review(review).review.changed:
        _wait(stack)
    put_back(Console(file=io.StringIO(), emoji=False), aws.Caller(*caller), records)


def _wait(stack: StackReview) -> None:
    from runbook.base import aws
    from runbook.base.polling import poll
    from runbook.changes.change_set import find_stack

    client = aws.cloudformation(stack.region)
    poll(
        client,
        lambda: find_stack(client, stack.name),
        lambda found: not found or not found["StackStatus"].endswith("_IN_PROGRESS"),
    )


def _main() -> None:
    given = sys.stdin.readline()
    if given and sys.stdin.readline() != ENDED:
        _guard(*json.loads(given))


if __name__ == "__main__":
    _main()
