"""The sections of one stack, in the order in which they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from runbook.base.names import count
from runbook.changes import access_diff, consumers, drills, services
from runbook.changes.layout import Code, Row, Section, Text, Values
from runbook.changes.outcome import DANGERS, EFFECTS, UNDO, VERDICTS, Tone, Undo, severity, undo
from runbook.changes.parts import (
    AccessDiff,
    DeclaredChange,
    Difference,
    Effect,
    ResourceChange,
    Risk,
    Verdict,
)
from runbook.changes.review import Review, StackAction, StackReview
from runbook.changes.text import compared, flow, line, scalar, value

_FIELD = 120
"""Characters of a field's value that are shown in a line."""
UNSAID = "no value of its own: something that it refers to, or a console's change"


def sections(stack: StackReview, review: Review) -> Iterable[Section]:
    """Yield a stack's sections; one without rows has nothing to say."""
    is_new = stack.action is StackAction.CREATE
    yield Section("In the file", tuple(_declared(each, stack) for each in stack.declared))
    yield Section("What changes", tuple(map(_changed, _by_severity(stack))))
    yield Section("What is added", tuple(_added(stack)))
    yield _access("Who may do what", stack.permissions, network=False, folded=is_new)
    yield _access("Who may connect", stack.network, network=True)
    code = (Row((Code(change.place),), "~", Tone.CHANGE) for change in stack.functions)
    yield Section("Functions whose code changes", tuple(code))
    tagged = tuple(_changed(change) for change in stack.changes if _folds(change))
    yield Section(
        "Tags and metadata alone", tagged, folded=True, summary=count(len(tagged), "resource")
    )
    outputs = tuple(map(_value, stack.outputs))
    yield Section("Outputs", outputs, folded=True, summary=count(len(outputs), "value"))
    yield Section("The stack's own settings", tuple(map(_value, stack.settings)))
    yield Section("What it costs to go back", tuple(_undo(stack)))
    yield _risks(stack, review)
    pins = tuple(_pins(stack))
    yield Section("What the approval pins", pins, folded=True)


def named(change: ResourceChange) -> Text:
    """Name a resource: its place and its type, without what all types begin with."""
    return Code(change.place), " (", Code(change.type.removeprefix("AWS::")), ")"


def data_outcome(change: ResourceChange) -> str:
    """Say what becomes of the data in a resource, and where it is then; nothing if it has none."""
    if change.verdict is None:
        return ""
    words = VERDICTS[change.verdict].words
    if change.verdict is Verdict.KEPT:
        return f"{words}{'' if change.refused else EFFECTS[change.effect].kept}"
    if not change.leaves:
        return words
    return f"{words}{', if it is replaced' if change.effect is Effect.MAY_REPLACE else ''}"


def risk_row(risk: Risk, review: Review) -> Row:
    """Show an accepted risk, with its end counted from when the review was made."""
    days = (risk.until - review.prepared_at.date()).days
    left = f"in {count(days, 'day')}" if days >= 0 else "over"
    term = Row(("accepted by ", Code(risk.owner), f"; ends {risk.until} ({left})"), tone=Tone.QUIET)
    reason = Row((Code(risk.reason),))
    return Row((Code(risk.rule), " on ", Code(risk.on)), "!", Tone.CHANGE, rows=(reason, term))


def _declared(change: DeclaredChange, stack: StackReview) -> Row:
    outcome = EFFECTS[change.effect]
    counted = (each.text for each in stack.observations if each.place == change.item)
    said = (consumers.words(change), drills.words(change), services.words(change))
    words = (*chain.from_iterable(said), *counted)
    means = (Row((Code(line(text)),), "!", Tone.CHANGE) for text in words)
    rows = (*means, *map(_field, change.differences))
    return Row((f"{outcome.words}: ", Code(change.item)), outcome.sign, outcome.tone, rows=rows)


def _field(difference: Difference) -> Row:
    """Show a field as the file has it, in a line if it fits into one."""
    before, after = flow(difference.before), flow(difference.after)
    if max(len(before), len(after)) > _FIELD:
        return _value(difference)
    name = Code(line(difference.path) or "value")
    if difference.before is None:
        return Row((name, ": ", Code(after)))
    return Row((name,), values=Values(before, after))


def _by_severity(stack: StackReview) -> list[ResourceChange]:
    """Return what needs a look each, worst first: neither additions nor tags alone."""
    changes = (c for c in stack.changes if c.effect is not Effect.ADD and not _folds(c))
    return sorted(changes, key=severity)


def _folds(change: ResourceChange) -> bool:
    """Tell whether a change is harmless noise: a tag on every resource is one line."""
    return change.only_tags and change.verdict in (None, Verdict.KEPT) and not change.reasons


def _changed(change: ResourceChange) -> Row:
    outcome = EFFECTS[change.effect]
    rows = [*_reasons(change), *map(_value, change.differences)]
    if change.effect is Effect.CHANGE and not rows:
        rows = [Row((UNSAID,), tone=Tone.QUIET)]
    if change.verdict:
        text = data_outcome(change)
        rows.insert(0, Row((text[0].upper() + text[1:],), tone=VERDICTS[change.verdict].tone))
    return Row(
        (f"{outcome.words}: ", *named(change)),
        outcome.sign,
        outcome.tone,
        rows=tuple(rows),
        holds_data=change.verdict is not None,
    )


def _reasons(change: ResourceChange) -> Iterable[Row]:
    for reason in change.reasons:
        tone = DANGERS[reason.danger].tone if reason.danger else Tone.PLAIN
        page = (Row((reason.page,), tone=Tone.QUIET),) if reason.page else ()
        yield Row((Code(reason.text),), "!", tone, details=page)


def _value(difference: Difference) -> Row:
    name = Code(line(difference.path.removeprefix("Properties.")) or "value")
    before, after = difference.before, difference.after
    if before == after:
        return Row((name, " changes; its value is hidden"))
    lines = any("\n" in value(side) for side in (before, after))
    shown = tuple(compared(before, after)) if lines else ()
    return Row((name,), values=Values(scalar(before), scalar(after), shown))


def _added(stack: StackReview) -> Iterable[Row]:
    """Fold what is added to a row an item: new things need no close look at each part."""
    items: dict[str, list[ResourceChange]] = defaultdict(list)
    for change in sorted(stack.changes, key=lambda change: change.place):
        if change.effect is Effect.ADD:
            items[change.item].append(change)
    outcome = EFFECTS[Effect.ADD]
    for item, changes in items.items():
        parts = tuple(
            Row(
                named(change),
                outcome.sign,
                outcome.tone,
                details=tuple(map(_value, change.differences)),
            )
            for change in changes
        )
        text = (f"{outcome.words}: ", Code(item), f", {count(len(changes), 'resource')}")
        yield Row(text, outcome.sign, outcome.tone, details=parts)


def _access(title: str, diff: AccessDiff, *, network: bool, folded: bool = False) -> Section:
    gained, lost = len(diff.gained), len(diff.lost)
    rows = tuple(_access_row(change) for change in access_diff.compare(diff, network=network))
    return Section(title, rows, folded, f"{gained:,} gained, {lost:,} lost")


def _access_row(change: access_diff.AccessChange) -> Row:
    holder: Text = (Code(change.holder), " on ") if change.holder else ("to ",)
    whom = " – for everybody" if change.everybody else ""
    tone = Tone.BAD if change.everybody else Tone.CHANGE
    ends = (Row((words, Code(text)), "−", Tone.GOOD) for words, text in change.ends)
    begins = (Row((words, Code(text)), "+", tone) for words, text in change.begins)
    tone = Tone.BAD if change.everybody else Tone.PLAIN
    return Row((*holder, Code(change.on), whom), tone=tone, rows=(*ends, *begins))


def _undo(stack: StackReview) -> Iterable[Row]:
    for cost, words in UNDO.items():
        changes = [change for change in stack.changes if undo(change) is cost]
        if changes and cost is not Undo.FREE:
            tone = Tone.BAD if cost is Undo.NEVER else Tone.PLAIN
            places = tuple(Row((Code(change.place),)) for change in changes)
            text = f"{count(len(changes), 'resource')}: {words}"
            yield Row((text,), tone=tone, details=places)


def _risks(stack: StackReview, review: Review) -> Section:
    """Return the risks that stay accepted; new ones are among the alerts."""
    rows = tuple(risk_row(r, review) for r in stack.risks if r not in stack.new_risks)
    return Section("Risks accepted as before", rows, folded=True, summary=f"{len(rows):,}")


def _pins(stack: StackReview) -> Iterable[Row]:
    yield Row(("change set ", Code(stack.change_set or "")))
    if stack.role:
        words = ", by the word of whoever prepared: a change set does not say it"
        yield Row(("executed as ", Code(stack.role), words))
    yield Row(("template ", Code(stack.template_digest or "")))
    for name, text in stack.parameters.items():
        yield Row(("parameter ", Code(name), " = ", Code(text)))
    for asset, version in stack.assets.items():
        yield Row(("asset ", Code(asset), ", version ", Code(version)))
