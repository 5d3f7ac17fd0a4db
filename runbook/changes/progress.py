"""Progress while change sets run: a bar a stack at a terminal, a line a stack elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from runbook.changes.events import Event, Watcher
from runbook.changes.review import Review

_ENDS = ("_COMPLETE", "_FAILED")


class Board:
    """Counts the resources that are done. Stacks report from threads of their own."""

    def __init__(self, console: Console, progress: Progress, review: Review) -> None:
        self.console = console
        self.progress = progress
        self._lock = Lock()
        self._done: dict[str, set[str]] = {}
        self._tasks: dict[str, TaskID] = {
            stack.name: progress.add_task(stack.name, total=len(stack.changes) or 1, now="waiting")
            for stack in review.changed
        }

    def watch(self, event: Event) -> None:
        """Take one event."""
        with self._lock:
            if event.type == "AWS::CloudFormation::Stack":
                self._stack(event)
            elif event.status == "DELETE_FAILED":
                self.progress.console.print(
                    f"  {event.stack}: {event.logical_id} stays: {event.reason}", markup=False
                )
            elif event.status.endswith(_ENDS):
                done = self._done.setdefault(event.stack, set())
                done.add(event.logical_id)
                self.progress.update(
                    self._tasks[event.stack], completed=len(done), now=event.logical_id
                )

    def _stack(self, event: Event) -> None:
        task = self._tasks[event.stack]
        if event.status.endswith(_ENDS):
            total = next(item.total for item in self.progress.tasks if item.id == task)
            self.progress.update(task, completed=total, now=event.status.lower().replace("_", " "))
            if not self.console.is_terminal:
                self.console.print(
                    f"  {escape(event.stack)}: {event.status.lower().replace('_', ' ')}"
                )


@contextmanager
def watching(console: Console, review: Review) -> Iterator[Watcher]:
    """Show the execution of a review while the block runs."""
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[now]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Board(console, progress, review).watch
