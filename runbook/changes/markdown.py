"""A review as comments on a pull request: the verdict first, the details folded.

Whatever a template could have put there stands in code, where GitHub and GitLab read no Markdown,
link nothing and tell nobody: <https://github.github.com/gfm/#code-spans>. In a summary it stands
in HTML, because Markdown does not reach into an HTML block.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runbook.changes import gains, wording
from runbook.changes.gains import Access
from runbook.changes.review import (
    Difference,
    Grant,
    Opening,
    ResourceChange,
    Review,
    Risk,
    StackReview,
    Undo,
    Verdict,
)

_NAME = 200
_VALUE = 1_000
_LINES = 40
_LISTED = 20
"""How many of a kind the top of the first comment names."""
_ROW = 2_000
"""Where a row ends at the latest, but for the value that it ends with."""
_CONTINUED = "- continued:"
_LEAST = 20_000
"""No row is longer than this, so that a comment holds at least one."""

_ALERT = {Verdict.LOST: "CAUTION", Verdict.SNAPSHOT: "WARNING", Verdict.KEPT: "NOTE"}


@dataclass(frozen=True)
class Block:
    """Rows that may go into several comments, each time between the same head and tail."""

    head: str
    rows: list[str] = field(default_factory=list)
    tail: str = ""

    def written(self, rows: Iterable[str]) -> str:
        """Write some of the rows as a block of its own."""
        return "\n".join((self.head, *rows, *filter(None, [self.tail]))) + "\n\n"


def markdown(review: Review, limit: int = 65_000) -> list[str]:
    """Return the comments that show a review, each of at most `limit` characters.

    GitHub takes 65,536. A comment ends between two rows of a table or list, never inside a fold.
    """
    if limit < _LEAST:
        raise ValueError(f"a comment needs room for {_LEAST:,} characters; {limit:,} are too few")
    room = limit - 200
    parts = [""]
    for block in _blocks(review):
        for text in _pieces(block, room - len(parts[-1]), room):
            if len(parts[-1]) + len(text) > room:
                parts.append("")
            parts[-1] += text
    return [_marked(part, number, len(parts)) for number, part in enumerate(parts, 1)]


def _marked(part: str, number: int, total: int) -> str:
    """Begin each comment with a mark by which a workflow finds it again."""
    of = f"\n\n**Review, part {number} of {total}**" if number > 1 else ""
    return f"<!-- groundwork-review {number}/{total} -->{of}\n\n{part.strip()}\n"


def _pieces(block: Block, left: int, room: int) -> Iterator[str]:
    """Yield a block in as few pieces as fit: whole if it can be, else cut between rows."""
    whole = block.written(block.rows)
    if len(whole) <= room:
        yield whole
        return
    frame = len(block.written([]))
    rows: list[str] = []
    free = (left if left > room // 4 else room) - frame
    for row in block.rows:
        if rows and len(row) + 1 > free:
            yield block.written(rows)
            rows, free = [], room - frame
        rows.append(row)
        free -= len(row) + 1
    yield block.written(rows)


def _blocks(review: Review) -> Iterator[Block]:
    yield Block(f"## Review of {code(review.configuration)}")
    yield _verdict(review)
    yield _overview(review)
    yield from _everybody(review)
    yield from _new_risks(review)
    for stack in review.changed:
        yield from _stack(stack, review)
    yield from _origin(review)


def _verdict(review: Review) -> Block:
    verdict, text = wording.headline(review)
    losses = [(stack, change) for stack in review.stacks for change in stack.losses]
    rows = [
        f"> - {_name(change)} in {code(stack.name)}: {change.effect}, **{wording.fate(change)}**"
        for stack, change in losses
    ]
    return Block(f"> [!{_ALERT[verdict]}]\n> **{text}**", _listed(rows, "> - "))


def _listed(rows: list[str], begin: str) -> list[str]:
    more = len(rows) - _LISTED
    return [*rows[:_LISTED], f"{begin}and {more:,} more, below"] if more > 0 else rows


def _overview(review: Review) -> Block:
    head = (
        "| Stack | What happens | Data | Permissions | Network |\n| --- | --- | --- | --- | --- |"
    )
    gone = "no longer declared, and left as it is"
    return Block(
        head,
        [
            *(_row(stack, review) for stack in review.stacks),
            *(_cells(code(name), gone, "–", "–", "–") for name in review.undeclared),
        ],
    )


def _row(stack: StackReview, review: Review) -> str:
    if not stack.change_set:
        return _cells(code(stack.name), str(stack.action), "–", "–", "–")
    return _cells(
        code(stack.name),
        f"{_happening(stack, review)}: {wording.summary(stack)}",
        _verdicts(stack),
        _balance(stack.permissions),
        _balance(stack.network),
    )


def _happening(stack: StackReview, review: Review) -> str:
    before = wording.waits_for(stack, review)
    if before:
        return f"{stack.action} after {' and '.join(map(code, before))}"
    return wording.happening(stack, review)


def _verdicts(stack: StackReview) -> str:
    found = [change.verdict for change in stack.changes]
    counts = {verdict: found.count(verdict) for verdict in reversed(Verdict)}
    bold = {Verdict.LOST: "**"}
    words = [
        f"{bold.get(verdict, '')}{number:,} × {verdict}{bold.get(verdict, '')}"
        for verdict, number in counts.items()
        if number
    ]
    return "<br>".join(words) or "–"


def _balance(opening: Opening) -> str:
    gained, lost = len(gains.widened(opening)), len(gains.narrowed(opening))
    words = [f"{gained:,} gained" if gained else "", f"{lost:,} lost" if lost else ""]
    return ", ".join(filter(None, words)) or "–"


def _everybody(review: Review) -> Iterator[Block]:
    rows = [
        f"- {code(grant.holder)}: {code(grant.allows)} on {code(grant.on)} in {code(stack.name)}"
        f"{_condition(grant)}"
        for stack, grant in gains.opened(review)
    ]
    if rows:
        yield Block("**Opened to everybody**\n", _listed(rows, "- "))


def _condition(grant: Grant) -> str:
    text = gains.condition(grant.condition).removeprefix(", if ")
    return f", if {code(text)}" if text else ""


def _new_risks(review: Review) -> Iterator[Block]:
    rows = [_risk(risk, review) for stack in review.changed for risk in stack.new_risks]
    if rows:
        yield Block("**Newly accepted risks**\n", _listed(rows, "- "))


def _risk(risk: Risk, review: Review) -> str:
    why = f"{code(risk.reason, 400)} ({code(risk.owner)})"
    return f"- {code(risk.rule)} on {code(risk.on)} until {wording.until(risk, review)}: {why}"


def _stack(stack: StackReview, review: Review) -> Iterator[Block]:
    folds = {
        "what changes": [row for change in wording.told(stack) for row in _change(change)],
        "what is added": _added(stack),
        "who may do what": _access(gains.permissions(stack)),
        "who may connect": _access(gains.network(stack)),
        "functions whose code changes": [f"- {code(change.place)}" for change in stack.functions],
        "what it costs to go back": list(_undo(stack)),
        "accepted risks": [_risk(risk, review) for risk in stack.risks],
        "what the approval holds it to": list(_pins(stack)),
    }
    heading = f"### {code(stack.name)}\n\n"
    for title, rows in folds.items():
        if rows:
            yield Block(heading + _summary(stack, title, rows), rows, "\n</details>")
            heading = ""


def _summary(stack: StackReview, title: str, rows: list[str]) -> str:
    name = html.escape(wording.shortened(wording.line(stack.name), _NAME))
    number = sum(not row.startswith((" ", _CONTINUED)) for row in rows)
    return f"<details><summary><code>{name}</code>: {title} ({number:,})</summary>\n"


def _change(change: ResourceChange) -> Iterator[str]:
    """Yield a change as a row, or as several when it has too many values for one."""
    fate = wording.fate(change)
    loud = f" – **{fate}**" if change.verdict is Verdict.LOST else f" – {fate}" if fate else ""
    row = f"- {change.effect}: {_name(change)}{loud}"
    for difference in change.differences:
        if len(row) > _ROW:
            yield row
            row = f"{_CONTINUED} {_name(change)}"
        row += f"\n{_difference(difference)}"
    yield row


def _name(change: ResourceChange) -> str:
    return f"{code(change.place)} ({code(wording.kind(change))})"


def _difference(difference: Difference) -> str:
    name = code(wording.path(difference))
    if wording.is_hidden(difference):
        return f"  - {name} changes, and is hidden"
    if not wording.is_long(difference):
        sides = (difference.before, difference.after)
        before, after = (code(wording.scalar(side), _VALUE) for side in sides)
        return f"  - {name}: {before} → {after}"
    lines = [f"{sign} {text}" for sign, text in wording.compared(difference)]
    more = [f"… ({len(lines) - _LINES:,} lines more)"] if len(lines) > _LINES else []
    return f"  - {name}\n{_fenced([*lines[:_LINES], *more])}"


def _fenced(lines: list[str]) -> str:
    """Write lines as a block of code whose fence is longer than any in them."""
    text = "\n".join(f"    {wording.shortened(line, _NAME)}" for line in lines)
    fence = "`" * max(3, 1 + _longest_run(text))
    return f"    {fence}diff\n{text}\n    {fence}"


def _added(stack: StackReview) -> list[str]:
    rows = []
    for item, changes in wording.added(stack).items():
        kinds = ", ".join(f"{wording.kind(change)}" for change in changes)
        rows.append(f"- {code(item)}: {code(kinds, _VALUE)}")
    return rows


def _access(found: list[Access]) -> list[str]:
    rows = []
    for access in found:
        holder = f"{code(access.holder)} on " if access.holder else ""
        rows.append(f"- {holder}{code(access.on)}{' – **for everybody**' * access.everybody}")
        rows += [f"  - no longer: {code(text, _VALUE)}" for text in access.before]
        rows += [f"  - new: {code(text, _VALUE)}" for text in access.after]
    return rows


def _undo(stack: StackReview) -> Iterator[str]:
    for undo, changes in wording.undoing(stack.changes):
        if undo is not Undo.FREE:
            yield f"- {undo}"
            yield from (f"  - {code(change.place)}" for change in changes)


def _pins(stack: StackReview) -> Iterator[str]:
    yield f"- change set {code(stack.change_set)}"
    yield f"- template {code(stack.template_digest)}"
    for name, text in stack.parameters.items():
        yield f"- parameter {code(name)} = {code(text)}"
    for asset, version in stack.assets.items():
        yield f"- asset {code(asset)}, version {code(version)}"


def _origin(review: Review) -> Iterator[Block]:
    at, before = wording.moment(review.prepared_at), wording.moment(review.execute_before)
    rows = [
        "",
        f"Review {code(review.id)}, account {code(review.account)}, "
        f"revision {code(review.revision or '–')}.",
        f"Prepared by {code(review.prepared_by)} at {at}; to be executed before {before}.",
    ]
    yield Block("---", rows)


def code(text: object, limit: int = _NAME) -> str:
    """Write a text as code, also inside a table."""
    shown = wording.shortened(wording.line(text), limit).strip() or "(empty)"
    if "|" in shown:
        # A table cannot tell a bar after a backslash from one of its own.
        return f"<code>{re.sub(r'[^0-9A-Za-z ]', _entity, shown)}</code>"
    fence = "`" * (1 + _longest_run(shown))
    space = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
