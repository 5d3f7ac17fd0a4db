"""A review, laid out once: the headline, the alerts, then the stacks as they run.

Terminal, comment and page only render it, so that none of them says less than another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from runbook.base.names import count
from runbook.changes.drifted import drifted
from runbook.changes.layout import Code, Row, Section, StackView, Text, View
from runbook.changes.outcome import DANGERS, EFFECTS, VERDICTS, Alert, Tone, severity, worst
from runbook.changes.parts import AccessDiff, Danger, Effect, ResourceChange, Verdict
from runbook.changes.review import Review, StackReview
from runbook.changes.sections import data_outcome, named, risk_row, sections
from runbook.changes.text import moment


def build(review: Review) -> View:
    """Lay a review out."""
    tone, alert, headline = _headline(review)
    return View(
        title=("Review of ", Code(review.configuration)),
        headline=headline,
        tone=tone,
        alert=alert,
        alerts=tuple(section for section in _alerts(review) if section.rows),
        overview=Section("Stacks, in order of execution", tuple(_overview(review))),
        stacks=tuple(_stack(stack, review) for stack in review.changed),
        origin=Section("This review", tuple(_origin(review)), folded=True),
    )


def _headline(review: Review) -> tuple[Tone, Alert, str]:
    """Say the worst that happens to data. Green only where nothing else is dangerous either."""
    changes = [change for stack in review.stacks for change in stack.changes]
    found = worst({change.verdict for change in changes if change.verdict}) or Verdict.KEPT
    outcome = VERDICTS[found]
    concerned = [change for change in changes if change.verdict is found]
    text = outcome.headline.format(resources=_counted(concerned))
    if found is Verdict.KEPT and not review.changed:
        text = "Nothing changes"
    if outcome.tone is Tone.GOOD and _is_dangerous(review):
        return Tone.CHANGE, Alert.WARNING, f"{text}, but see what stands first below"
    return outcome.tone, outcome.alert, text


def _is_dangerous(review: Review) -> bool:
    listed = any(stack.findings or stack.new_risks for stack in review.changed)
    return listed or bool(review.drift.changes)


def _counted(changes: Collection[ResourceChange]) -> str:
    """Count the resources, and apart from them those that are only replaced perhaps."""
    possible = sum(c.effect is Effect.MAY_REPLACE and c.leaves for c in changes)
    certain = len(changes) - possible
    if not certain:
        return f"{count(possible, 'resource')} if replaced"
    more = f", and in {possible:,} more if replaced" if possible else ""
    return f"{count(certain, 'resource')}{more}"


def _alerts(review: Review) -> Iterable[Section]:
    """Yield what must not hide in a fold."""
    yield Section("Data lost, overwritten or less protected", tuple(_data(review)), tone=Tone.BAD)
    yield from drifted(review)
    for danger, outcome in DANGERS.items():
        yield Section(outcome.title, tuple(_findings(review, danger)), tone=outcome.tone)
    risks = tuple(risk_row(risk, review) for stack in review.changed for risk in stack.new_risks)
    yield Section("Newly accepted or renewed risks", risks, tone=Tone.CHANGE)
    names = tuple(Row((Code(name),), "!", Tone.BAD) for name in review.guarded)
    yield Section("Names to type for the approval", names, tone=Tone.BAD)


def _data(review: Review) -> Iterable[Row]:
    changes = [(stack, change) for stack in review.stacks for change in stack.changes]
    for stack, change in sorted(changes, key=lambda pair: severity(pair[1])):
        if change.verdict in (None, Verdict.KEPT):
            continue
        outcome = VERDICTS[change.verdict]
        rows = [Row((Code(reason.text),)) for reason in change.reasons if not reason.danger]
        counted = [o.text for o in stack.observations if o.place == change.place]
        rows += [Row((Code(text),), tone=Tone.LOST) for text in counted]
        effect = EFFECTS[change.effect].words
        text = (*named(change), " in ", Code(stack.name), f": {effect}, {data_outcome(change)}")
        yield Row(text, "!", outcome.tone, rows=tuple(rows))


def _findings(review: Review, danger: Danger) -> Iterable[Row]:
    for stack in review.changed:
        for finding in stack.findings:
            if finding.danger is danger:
                text = (Code(finding.place), " in ", Code(stack.name), ": ", Code(finding.text))
                yield Row(text, "!", DANGERS[danger].tone)


def _overview(review: Review) -> Iterable[Row]:
    for stack in review.stacks:
        happening = (Code(stack.name), " is ", *_happening(stack, review))
        yield Row((*happening, f": {_summary(stack)}") if stack.change_set else happening)
    for name in review.undeclared:
        yield Row((Code(name), " is deployed but no longer declared, and is left as it is"))


def _summary(stack: StackReview) -> str:
    """Count what happens: 21 added, 1 replaced; data: 1 × data kept; 3 permissions gained."""
    effects = [change.effect for change in stack.changes]
    counted = [f"{effects.count(e):,} {EFFECTS[e].words}" for e in EFFECTS if e in effects]
    verdicts = [change.verdict for change in stack.changes]
    data = [f"{verdicts.count(v):,} × {VERDICTS[v].words}" for v in VERDICTS if v in verdicts]
    parts = (
        ", ".join(counted) or "no resource changes",
        ", ".join(data),
        _balance(stack.permissions, "permission"),
        _balance(stack.network, "connection"),
    )
    return "; ".join(filter(None, parts))


def _balance(diff: AccessDiff, noun: str) -> str:
    gained, lost = len(diff.gained), len(diff.lost)
    words = (f"{count(number, noun)} {end}" for number, end in ((gained, "gained"), (lost, "lost")))
    return ", ".join(text for text in words if not text.startswith("0 "))


def _stack(stack: StackReview, review: Review) -> StackView:
    found = tuple(section for section in sections(stack, review) if section.rows)
    return StackView(stack.name, ("is ", *_happening(stack, review)), found)


def _happening(stack: StackReview, review: Review) -> Text:
    """Say what happens to a stack and when, if that matters: created after another."""
    before = _waits_for(stack, review)
    if before:
        names = [part for name in before for part in (" and ", Code(name))][1:]
        return (f"{stack.action} after ", *names)
    waited_for = {name for other in review.changed for name in _waits_for(other, review)}
    return (f"{stack.action} first",) if stack.name in waited_for else (str(stack.action),)


def _waits_for(stack: StackReview, review: Review) -> list[str]:
    running = {other.name for other in review.changed}
    return [name for name in stack.depends_on if name in running]


def _origin(review: Review) -> Iterable[Row]:
    yield Row(("Review ", Code(review.id), " of account ", Code(review.account)))
    yield Row(("Revision ", Code(review.revision or "–")))
    yield Row(("Prepared by ", Code(review.prepared_by), f" at {moment(review.prepared_at)}"))
    yield Row((f"Expires at {moment(review.execute_before)}",))
