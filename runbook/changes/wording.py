"""What the terminal, the Markdown and the page all say of a review, in the same words.

Names and values come from templates, which anybody may have written: `visible` makes every
character of theirs show, so that none moves the cursor, reorders a line or hides in it.
"""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from runbook.changes import templates
from runbook.changes.review import (
    Difference,
    Effect,
    ResourceChange,
    Review,
    Risk,
    StackReview,
    Undo,
    Verdict,
)

WORST_FIRST = (
    Effect.REPLACE,
    Effect.DELETE,
    Effect.MAY_REPLACE,
    Effect.RETAIN,
    Effect.CHANGE,
    Effect.IMPORT,
    Effect.ADD,
)
_VERDICTS = (Verdict.LOST, Verdict.SNAPSHOT, Verdict.PROTECTED, Verdict.KEPT, None)
_CONTEXT = 2


def visible(text: object) -> str:
    """Write out what would not show: control characters, direction marks, odd spaces."""
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in str(text)
    )


def line(text: object) -> str:
    """Write a text in one line."""
    return visible(text).replace("\n", "\\n")


def shortened(text: str, limit: int) -> str:
    """Cut a text that is too long, and say how much is not shown."""
    hidden = len(text) - limit
    return text if hidden <= 0 else f"{text[:limit]}… ({hidden:,} characters more)"


def moment(when: datetime) -> str:
    """Write a moment: 2026-09-30 10:15 UTC."""
    return f"{when:%Y-%m-%d %H:%M %Z}"


def count(number: int, noun: str) -> str:
    """Count in words: 1 resource, 2 resources."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def kind(change: ResourceChange) -> str:
    """Return a resource's type without what all types begin with."""
    return line(change.type).removeprefix("AWS::")


def headline(review: Review) -> tuple[Verdict, str]:
    """Say what becomes of data, of everything in the review together."""
    losses = [change for stack in review.stacks for change in stack.losses]
    certain = [change for change in losses if change.effect is not Effect.MAY_REPLACE]
    snapshots = sum(c.verdict is Verdict.SNAPSHOT for s in review.stacks for c in s.changes)
    if certain:
        possible = len(losses) - len(certain)
        more = f", and in {possible:,} more if replaced" if possible else ""
        return Verdict.LOST, f"Data lost in {count(len(certain), 'resource')}{more}"
    if losses:
        return Verdict.LOST, f"Data lost in {count(len(losses), 'resource')} if replaced"
    if snapshots:
        taken = count(snapshots, "snapshot") + (" is" if snapshots == 1 else " are")
        return Verdict.SNAPSHOT, f"No data is lost: {taken} taken first"
    return Verdict.KEPT, "No data is lost" if review.changed else "Nothing changes"


def summary(stack: StackReview) -> str:
    """Count the effects in words: 21 added, 1 replaced."""
    counts = {effect: sum(change.effect is effect for change in stack.changes) for effect in Effect}
    words = (f"{number:,} {effect}" for effect, number in counts.items() if number)
    return ", ".join(words) or "no resource changes"


def fate(change: ResourceChange) -> str:
    """Say what becomes of the data in a resource, and where it is then; nothing if it has none."""
    if change.verdict is None:
        return ""
    if change.verdict is not Verdict.KEPT:
        maybe = " – if it is replaced" if change.effect is Effect.MAY_REPLACE else ""
        return f"{change.verdict}{maybe}"
    where = {
        Effect.REPLACE: " in the old one, which is left behind; the new one is empty",
        Effect.MAY_REPLACE: "; if it is replaced, in the old one, and the new one is empty",
        Effect.RETAIN: ", outside of the stack",
    }
    return f"{change.verdict}{where.get(change.effect, '')}"


def told(stack: StackReview) -> list[ResourceChange]:
    """Return what needs a look each, worst first: everything but additions."""
    changes = [change for change in stack.changes if change.effect is not Effect.ADD]
    return sorted(changes, key=_gravity)


def _gravity(change: ResourceChange) -> tuple[int, int, str]:
    return _VERDICTS.index(change.verdict), WORST_FIRST.index(change.effect), change.place


def added(stack: StackReview) -> dict[str, list[ResourceChange]]:
    """Fold additions by item of the configuration."""
    items: dict[str, list[ResourceChange]] = defaultdict(list)
    for change in sorted(stack.changes, key=lambda change: change.place):
        if change.effect is Effect.ADD:
            items[line(change.item)].append(change)
    return dict(items)


def undoing(changes: Iterable[ResourceChange]) -> list[tuple[Undo, list[ResourceChange]]]:
    """Group resources by what it costs to go back, dearest first."""
    groups: dict[Undo, list[ResourceChange]] = {undo: [] for undo in reversed(Undo)}
    for change in changes:
        groups[change.undo].append(change)
    return [(undo, group) for undo, group in groups.items() if group]


def scalar(item: Any) -> str:
    """Write a value in one line, also where there is none."""
    if item is None:
        return "(none)"
    return line(value(item)) or '""'


def waits_for(stack: StackReview, review: Review) -> list[str]:
    """Return the stacks of the review that have to be done before a stack begins."""
    running = {other.name for other in review.changed}
    return [name for name in stack.depends_on if name in running]


def is_first(stack: StackReview, review: Review) -> bool:
    """Tell whether a stack waits for none, and another one waits for it."""
    waited_for = {name for other in review.changed for name in waits_for(other, review)}
    return stack.name in waited_for and not waits_for(stack, review)


def happening(stack: StackReview, review: Review) -> str:
    """Say what happens to a stack and when, if that matters: created after another."""
    before = waits_for(stack, review)
    if before:
        return f"{stack.action} after {' and '.join(map(line, before))}"
    return f"{stack.action} first" if is_first(stack, review) else str(stack.action)


def layers(review: Review) -> list[list[StackReview]]:
    """Put the stacks into steps, each stack in the first step after all that it depends on."""
    step: dict[str, int] = {}
    for stack in review.stacks:
        step[stack.name] = 1 + max((step.get(name, -1) for name in stack.depends_on), default=-1)
    return [
        [stack for stack in review.stacks if step[stack.name] == number]
        for number in sorted(set(step.values()))
    ]


def until(risk: Risk, review: Review) -> str:
    """Say when an accepted risk ends, counted from when the review was made."""
    days = (risk.until - review.prepared_at.date()).days
    left = f"in {count(days, 'day')}" if days >= 0 else "over"
    return f"{risk.until} ({left})"


def path(difference: Difference) -> str:
    """Return where a value stands in its resource."""
    return line(difference.path.removeprefix("Properties."))


def value(item: Any) -> str:
    """Write a value: text as it is, a reference in words, anything else as JSON."""
    match item:
        case None:
            return ""
        case str():
            return visible(item)
        case {"Ref": str()} | {"Fn::GetAtt": [str(), str()]} if len(item) == 1:
            return f"reference to {visible(templates.text(item))}"
    indent = 2 if isinstance(item, dict | list) else None
    return visible(json.dumps(item, indent=indent, ensure_ascii=False, sort_keys=True))


def is_hidden(difference: Difference) -> bool:
    """Tell whether a value changes that nobody may see."""
    return bool(difference.before == difference.after)


def is_long(difference: Difference) -> bool:
    """Tell whether a value takes several lines, so that its lines are compared."""
    return any("\n" in value(item) for item in (difference.before, difference.after))


def compared(difference: Difference) -> list[tuple[str, str]]:
    """Return the lines that differ, and some around them: a sign ("-", "+", " ", "…") and text."""
    before, after = value(difference.before).splitlines(), value(difference.after).splitlines()
    lines: list[tuple[str, str]] = []
    for text in list(difflib.unified_diff(before, after, n=_CONTEXT, lineterm=""))[2:]:
        if text.startswith("@@"):
            lines += [("…", "")] if lines else []
        else:
            lines.append((text[0], text[1:]))
    return lines
