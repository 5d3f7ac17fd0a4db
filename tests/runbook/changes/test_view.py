"""One view, shown whole by every renderer."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from runbook.changes.layout import Code, Row, Section, View
from runbook.changes.outcome import DANGERS, EFFECTS, UNDO, VERDICTS, Tone, Undo
from runbook.changes.parts import Danger, Effect, Finding, Risk, Verdict
from runbook.changes.render import terminal
from runbook.changes.render.markdown import markdown
from runbook.changes.render.page import page
from runbook.changes.review import Review
from runbook.changes.text import line
from runbook.changes.view import build
from runbook.drift.change import Change, Drift, Sort
from settings.contract import CustomType
from tests.runbook.changes import samples

BEGINNING = 100
"""Letters of a text that are looked for: a comment cuts what is longer."""
SAMPLES = samples.all_samples()


def in_terminal(review: Review, *, full: bool = True) -> str:
    out = io.StringIO()
    terminal.present(review, Console(file=out, width=100_000), full=full)
    return out.getvalue()


def in_comments(review: Review) -> str:
    return "\n".join(markdown(review))


def on_page(review: Review) -> str:
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page(review), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", text))


RENDERERS: dict[str, Callable[[Review], str]] = {
    "terminal": in_terminal,
    "comments": in_comments,
    "page": on_page,
}


def letters(text: str) -> str:
    """Return what no renderer may change: each adds spaces, quotes and signs of its own."""
    return re.sub(r"[^0-9A-Za-z]", "", text).lower()


def texts(row: Row, *, twice: bool = True) -> Iterator[str]:
    """Yield the texts of a row. `twice`: also what is folded twice, which comments leave out."""
    yield from (line(part.text) if isinstance(part, Code) else part for part in row.text)
    if row.values and row.values.lines:
        yield from (text for _, text in row.values.lines)
    elif row.values:
        yield from (row.values.before, row.values.after)
    for inner in row.rows:
        yield from texts(inner, twice=twice)
    for inner in row.details:
        shown = inner if twice else replace(inner, details=())
        yield from texts(shown, twice=twice)


def everything(view: View) -> Iterator[Section]:
    yield from view.alerts
    yield view.overview
    for stack in view.stacks:
        yield from stack.sections
    yield view.origin


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_renderer_shows_every_row_in_the_same_order(renderer: str, sample: str) -> None:
    review = SAMPLES[sample]
    view, shown, position = build(review), letters(RENDERERS[renderer](review)), 0
    wanted = [view.headline]
    for section in everything(view):
        rows = [texts(row, twice=renderer != "comments") for row in section.rows]
        wanted += [section.title, *(text for row in rows for text in row)]
    for text in map(letters, wanted):
        position = shown.find(text[:BEGINNING], position)
        assert position >= 0, text


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_renderer_shows_the_sign_of_every_effect(renderer: str) -> None:
    shown = RENDERERS[renderer](SAMPLES["every_effect"])
    if renderer == "comments":
        assert all(outcome.words in shown for outcome in EFFECTS.values())
    else:
        assert all(outcome.sign in shown for outcome in EFFECTS.values())


def test_nothing_of_an_alert_is_folded_where_the_approval_is_given() -> None:
    review = SAMPLES["every_effect"]
    shown = letters(in_terminal(review, full=False))
    for section in build(review).alerts:
        for row in section.rows:
            assert all(letters(text) in shown for text in texts(row))


@pytest.mark.parametrize("renderer", RENDERERS)
def test_the_names_to_type_stand_in_every_presentation(renderer: str) -> None:
    review = SAMPLES["every_effect"]
    shown = RENDERERS[renderer](review)
    assert len(review.guarded) > 3
    assert all(name in shown for name in review.guarded)


def test_the_sample_has_every_effect_and_every_verdict() -> None:
    changes = [c for stack in SAMPLES["every_effect"].stacks for c in stack.changes]
    assert {change.effect for change in changes} == {*Effect}
    assert {change.verdict for change in changes} == {None, *Verdict}
    findings = [f for stack in SAMPLES["every_effect"].stacks for f in stack.findings]
    assert {finding.danger for finding in findings} == {*Danger}


def test_every_effect_verdict_and_way_back_has_its_words() -> None:
    assert {*EFFECTS} == {*Effect}
    assert {*VERDICTS} == {*Verdict}
    assert {*UNDO} == {*Undo}
    assert {*DANGERS} == {*Danger}
    assert {*terminal.STYLE} == {*Tone}


@pytest.mark.parametrize(
    ("verdicts", "headline"),
    [
        ([], "No data is lost"),
        ([Verdict.KEPT], "No data is lost"),
        ([Verdict.KEPT, Verdict.WEAKENED], "less protected in 1 resource"),
        ([Verdict.WEAKENED, Verdict.PROTECTED], "1 resource left outside of the stack"),
        ([Verdict.PROTECTED, Verdict.SNAPSHOT], "a snapshot is taken first of 1 resource"),
        ([Verdict.SNAPSHOT, Verdict.LOCKED], "Data cannot be read in 1 resource"),
        ([Verdict.LOCKED, Verdict.UNKNOWN], "DATA IN DOUBT in 1 resource"),
        ([Verdict.UNKNOWN, Verdict.OVERWRITTEN], "DATA OVERWRITTEN in 1 resource"),
        ([Verdict.OVERWRITTEN, Verdict.EXPIRES], "OLDER DATA DELETED in 1 resource"),
        ([Verdict.EXPIRES, Verdict.LOST], "DATA LOST in 1 resource"),
    ],
)
def test_the_headline_is_the_worst_that_happens(verdicts: list[Verdict], headline: str) -> None:
    changes = tuple(
        samples.change(f"items/{number}", "S3::Bucket", Effect.DELETE, verdict)
        for number, verdict in enumerate(verdicts)
    )
    view = build(samples.review(samples.stack("data-us-east-1", changes=changes)))
    assert headline in view.headline
    assert view.tone is (VERDICTS[verdicts[-1]].tone if verdicts else Tone.GOOD)


def test_nothing_is_green_where_something_is_dangerous() -> None:
    for danger in Danger:
        finding = Finding(danger=danger, place="databases/analysis", text="x")
        view = build(samples.review(samples.stack("data-us-east-1", findings=(finding,))))
        assert view.tone is not Tone.GOOD
        assert view.headline == "No data is lost, but see what stands first below"


def test_nothing_is_green_where_a_risk_is_newly_accepted() -> None:
    risk = Risk(
        rule="r", on="buckets/x", reason="x", owner="ann@example.org", until=date(2027, 6, 30)
    )
    stack = samples.stack("data-us-east-1", risks=(risk,), new_risks=(risk,))
    assert build(samples.review(stack)).tone is Tone.CHANGE
    before = samples.stack("data-us-east-1", risks=(risk,))
    assert build(samples.review(before)).tone is Tone.GOOD


@pytest.mark.parametrize("renderer", RENDERERS)
def test_what_the_console_changed_stands_in_the_head_with_both_ways_out(renderer: str) -> None:
    shown = RENDERERS[renderer](samples.drifted())
    head = shown[: shown.index("Stacks, in order of execution")]
    assert "but see what stands first below" in head
    assert "Changed outside CloudFormation since the last deployment" in head
    assert "has an inline policy that nobody declared" in head
    assert "groundwork drift --revert" in head
    assert "groundwork adopt --only data/databases/common --write" in head
    assert "groundwork adopt --only data/security_groups/office" not in head
    assert "what its functions set cannot be asked" in head


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("senders/credere", "deletes every key but the one in use"),
        ("senders/metabase", "leaves it as it is"),
    ],
)
def test_what_a_renewal_does_to_further_keys_is_said(item: str, said: str) -> None:
    version: dict[str, tuple[Any, Any]] = {"Properties.Version": ("1", "2")}
    key = samples.change(f"{item}/credentials/key", "", Effect.CHANGE, None, version)
    stack = samples.stack(
        "mail-us-east-1", changes=(key.model_copy(update={"type": CustomType.ACCESS_KEY}),)
    )
    found = Change(
        stack="mail-us-east-1",
        region="us-east-1",
        place="senders/credere/user",
        sort=Sort.ACCESS,
        what="has an access key too many",
        now=["AKIA1", "AKIA2"],
        reversible=False,
    )
    text = in_terminal(samples.review(stack, drift=Drift(changes=(found,))))
    assert f"Executing this {said}" in text


def test_what_executing_does_to_a_change_by_the_console_is_said() -> None:
    said = [
        line for line in in_terminal(samples.drifted()).splitlines() if "Executing this" in line
    ]
    assert [text.strip() for text in said] == [
        "Executing this leaves it as it is",
        "Executing this leaves it as it is",
        "Executing this overwrites it",
    ]
    back = samples.drifted().model_copy(update={"takes_back": True})
    assert "Executing this takes it back" in in_terminal(back)
