"""A review, laid out once: the headline, the alerts, then the stacks as they run.

Terminal, comment and page only render it, so that none of them says less than another.
"""

from __future__ import annotations

from collections.abc import Iterable

from runbook.changes import access_diff
from runbook.changes.layout import Code, Row, Section, StackView, Text, View
from runbook.changes.outcome import DANGERS, EFFECTS, VERDICTS, Alert, Tone, worst
from runbook.changes.review import AccessDiff, Danger, Effect, Review, StackReview, Verdict
from runbook.changes.sections import named, risk_row, sections
from runbook.changes.text import count, moment


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
    changes = [change for stack in review.stacks for change in stack.changes]
    found = worst({change.verdict for change in changes if change.verdict}) or Verdict.KEPT
    outcome = VERDICTS[found]
    concerned = [change for change in changes if change.verdict is found]
    match found:
        case Verdict.LOST:
            possible = [change for change in concerned if change.effect is Effect.MAY_REPLACE]
            return outcome.tone, outcome.alert, _lost(len(concerned), len(possible))
        case Verdict.SNAPSHOT:
            taken = count(len(concerned), "snapshot") + (" is" if len(concerned) == 1 else " are")
            return outcome.tone, outcome.alert, f"No data is lost: {taken} taken first"
        case Verdict.PROTECTED:
            left = count(len(concerned), "protected database")
            return outcome.tone, outcome.alert, f"No data is lost: {left} left outside of its stack"
        case Verdict.KEPT:
            text = "No data is lost" if review.changed else "Nothing changes"
            return outcome.tone, outcome.alert, text


def _lost(number: int, possible: int) -> str:
    certain = number - possible
    if not certain:
        return f"DATA LOST in {count(possible, 'resource')} if replaced"
    more = f", and in {possible:,} more if replaced" if possible else ""
    return f"DATA LOST in {count(certain, 'resource')}{more}"


def _alerts(review: Review) -> Iterable[Section]:
    """Yield what must not hide in a fold."""
    yield Section("Data lost", tuple(_losses(review)), tone=Tone.LOST)
    for danger, outcome in DANGERS.items():
        yield Section(outcome.title, tuple(_findings(review, danger)), tone=outcome.tone)
    yield Section("Opened to everybody", tuple(_opened(review)), tone=Tone.BAD)
    risks = tuple(risk_row(risk, review) for stack in review.changed for risk in stack.new_risks)
    yield Section("Newly accepted risks", risks, tone=Tone.CHANGE)
    names = tuple(Row((Code(name),), "!", Tone.BAD) for name in review.guarded)
    yield Section("Names to type for the approval", names, tone=Tone.BAD)


def _losses(review: Review) -> Iterable[Row]:
    for stack in review.stacks:
        for change in stack.losses:
            effect = EFFECTS[change.effect].words
            yield Row((*named(change), " in ", Code(stack.name), f": {effect}"), "!", Tone.LOST)


def _findings(review: Review, danger: Danger) -> Iterable[Row]:
    for stack in review.changed:
        for finding in stack.findings:
            if finding.danger is danger:
                text = (Code(finding.place), " in ", Code(stack.name), ": ", Code(finding.text))
                yield Row(text, "!", DANGERS[danger].tone)


def _opened(review: Review) -> Iterable[Row]:
    for stack in review.changed:
        for grant in (*stack.network.gained, *stack.permissions.gained):
            if access_diff.is_for_everybody(grant):
                text = (Code(access_diff.sentence(grant)), " in ", Code(stack.name))
                yield Row(text, "!", Tone.BAD)


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
    gained, lost = len(access_diff.widened(diff)), len(access_diff.narrowed(diff))
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
