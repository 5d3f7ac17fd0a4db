"""What docs/changes.md says of a review is what a review says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runbook.changes.analysis import Analysis, analyse
from runbook.changes.cli import _ask
from runbook.changes.outcome import VERDICTS
from runbook.changes.parts import Effect, Verdict
from runbook.changes.review import StackAction
from tests.conftest import EXAMPLE, ROOT, templates_of
from tests.runbook.changes import samples
from tests.runbook.changes.readings import STACK, reading

PAGE = (ROOT / "docs/changes.md").read_text(encoding="utf-8")
DATA = EXAMPLE.partition("\nmail:")[0] + "\ndata:" + EXAMPLE.partition("\ndata:")[2]
DATA = DATA.partition("\nbackup:")[0]


@pytest.fixture(scope="module")
def found() -> Analysis:
    """The analysis of the page's change: a larger database, and another one's new name."""
    larger = (
        "engine: postgresql              # version: latest, unless named\n      storage_gib: 40"
    )
    changed = DATA.replace(larger.partition("\n")[0], larger).replace("    common:", "    shared:")
    old, new = ({**templates_of(text)["data-us-east-1"].to_json()} for text in (DATA, changed))
    before, after = (reading(side, BootstrapVersion="21") for side in (old, new))
    description: Any = {**STACK, "Changes": [*listed(old["Resources"], new["Resources"])]}
    return analyse(description, before, after)


def listed(old: dict[str, Any], new: dict[str, Any]) -> Any:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            action = "Add" if name not in old else "Modify" if name in new else "Remove"
            kind = (new.get(name) or old[name])["Type"]
            change = {"Action": action, "LogicalResourceId": name, "ResourceType": kind}
            yield {"Type": "Resource", "ResourceChange": change}


def test_the_name_to_type_in_the_page_is_asked_for(
    found: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = samples.stack("data-us-east-1", StackAction.UPDATE, **found)
    (name,) = samples.review(stack).guarded
    asked: list[str] = []
    monkeypatch.setattr("typer.prompt", lambda text, **_: asked.append(text))
    _ask(name)
    assert f"$ groundwork changes approve\n{asked[0]}:\n" in PAGE


def test_a_new_name_reads_as_the_page_says(found: Analysis) -> None:
    verdicts = {
        change.place: (change.effect, change.verdict)
        for change in found["changes"]
        if change.type in ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    }
    assert verdicts["databases/common/cluster"] == (Effect.DELETE, Verdict.PROTECTED)
    assert verdicts["databases/shared/cluster"] == (Effect.ADD, None)
    assert verdicts["databases/analysis/instance"] == (Effect.CHANGE, Verdict.KEPT)


def test_every_verdict_stands_in_the_page_in_its_words() -> None:
    rows = re.findall(r"^\| \**([^|*]+?)\** \| [^|]+ \|$", PAGE, re.MULTILINE)
    words = [outcome.words.partition(":")[0] for outcome in VERDICTS.values()]
    assert [row for row in rows if row in words] == [*reversed(words)]
