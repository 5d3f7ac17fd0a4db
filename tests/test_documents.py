"""The pages of this repository: their links lead somewhere, and decisions have one form."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/[0-9]*.md"))
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} (.+?)#*$", re.MULTILINE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def links(page: Path) -> list[str]:
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [inline or reference for inline, reference in LINK.findall(text)]


@cache
def anchors(page: Path) -> set[str]:
    """Name a page's headings as GitHub does: the second of two alike ends in -1."""
    found: list[str] = []
    for heading in HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.append(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    numbered = [
        f"{one}-{found[:n].count(one)}" if one in found[:n] else one for n, one in enumerate(found)
    ]
    return {*numbered}


def wrong(page: Path, link: str) -> str | None:
    """Say what is wrong with a link, if anything is. Nothing is asked of the network."""
    target = urlsplit(link)
    if target.scheme or target.netloc:
        good = target.scheme == "https" and re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", target.netloc)
        return None if good else "is no https address"
    file = page.parent / target.path if target.path else page
    if not file.exists():
        return "leads to no file"
    if target.fragment and target.fragment not in anchors(file):
        return "leads to no heading"
    return None


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    faults = {link: fault for link in links(page) if (fault := wrong(page, link))}
    assert not faults


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("CONTRIBUTING.md", None),
        ("docs/decisions/", None),
        ("README.md#two-commands", None),
        ("#two-commands", None),
        ("https://docs.aws.amazon.com/ses/", None),
        ("docs/none.md", "leads to no file"),
        ("README.md#three-commands", "leads to no heading"),
        ("http://example.org", "is no https address"),
        ("https://example org", "is no https address"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(link: str, fault: str | None) -> None:
    assert wrong(ROOT / "README.md", link) == fault


def test_links_in_code_are_only_text(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('```\n[a](b)\n```\n`[c](d)` and [e](f) ![g](h "i")\n\n[j]: k\n')
    assert links(page) == ["f", "h", "k"]


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / urlsplit(link).path).resolve()
        for page in PAGES
        for link in links(page)
        if not urlsplit(link).scheme and urlsplit(link).path
    }
    inside = [page for page in PAGES if ".github" not in page.parts and page.name != "README.md"]
    assert [named(page) for page in inside if not {page, page.parent} & linked] == []


ROW = re.compile(r"^\| (?!Then |-)(.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def shown(page: Path) -> set[str]:
    """Return the commands of a page, by their first two words, that their output follows."""
    found = set()
    for block in re.findall(
        r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S
    ):
        lines = [*block.splitlines(), "$"]
        for line, after in pairwise(lines):
            command = re.match(r"\$ groundwork ([a-z-]+)(?: ([a-z-]+))?", line)
            if command and not after.startswith("$"):
                found |= {command[1], " ".join(filter(None, command.groups()))}
    return found


def test_every_command_of_then_and_now_is_shown_with_its_output() -> None:
    page = ROOT / "docs/then-and-now.md"
    rows = ROW.findall(page.read_text(encoding="utf-8"))
    assert len(rows) > 40
    missing = [
        (then, command)
        for then, _, now, beside in rows
        for command in re.findall(r"`([a-z]+(?: [a-z-]+)?)[^`]*`", now)
        if not any(
            command in shown(each)
            for each in [page, *(page.parent / name for name in re.findall(r"\((\w+\.md)", beside))]
        )
    ]
    assert missing == []


class TestDecisions:
    @pytest.mark.parametrize("page", DECISIONS, ids=named)
    def test_a_decision_has_the_templates_form(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert re.match(r"# \S.*\n\n- Date: \d{4}-\d\d-\d\d\n- Status: ", text)
        template = (ROOT / "docs/decisions/template.md").read_text(encoding="utf-8")
        assert re.findall("^## .*", text, re.MULTILINE) == re.findall(
            "^## .*", template, re.MULTILINE
        )
        assert len(re.findall(r"^- \*\*", text, re.MULTILINE)) > 1, (
            "a decision is between positions"
        )

    @pytest.mark.parametrize("page", DECISIONS, ids=named)
    def test_its_status_is_one_of_four(self, page: Path) -> None:
        status = re.findall("^- Status: (.*)", page.read_text(encoding="utf-8"), re.MULTILINE)
        superseded = r"Superseded by \[\d{4}\]\(\d{4}-[\w-]+\.md\)"
        assert re.fullmatch(f"Proposed|Accepted|Rejected|{superseded}", *status)

    def test_decisions_are_numbered_without_a_gap(self) -> None:
        assert [int(page.name[:4]) for page in DECISIONS] == [*range(1, len(DECISIONS) + 1)]
