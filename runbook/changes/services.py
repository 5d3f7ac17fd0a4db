"""What a change of a watched service means, in a reviewer's words: who replaces its tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbook.changes.parts import DeclaredChange, Effect

_PLACE = re.compile(r"services/([^/]+)")


def words(change: DeclaredChange) -> Iterator[str]:
    """Yield what begins or ends for a container service; nothing for any other change."""
    found = _PLACE.fullmatch(change.item)
    if not found:
        return
    name = found[1]
    if change.effect is Effect.DELETE:
        yield f"nobody is alarmed about {name} any more, and nothing replaces its tasks"
        return
    for side in change.differences:
        if side.path != "replace":
            continue
        if side.after:
            yield (
                f"when {name} is saturated, a new deployment replaces its tasks, which nobody "
                "approves: once an hour at most"
            )
        elif side.before:
            yield f"nothing replaces the tasks of {name} any more when it is saturated"
