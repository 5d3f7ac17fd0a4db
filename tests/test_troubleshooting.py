"""Each message that docs/troubleshooting.md quotes is one that the code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "troubleshooting.md"
OPEN = "…"
SOURCES = ("constructs", "embedded", "runbook", "settings", "stacks")
OF_AWS = (
    "AwsSolutions-… on data/…: …",
    "W…",
    "SES_…",
    "FreeTierRestrictionError: …",
    "Rate exceeded",
    "This instance size isn't available with free plan accounts",
    "… '/aws/rds/…/postgresql' already exists.",
)
"""Words of others: of AWS, and the names of the checks' rules."""


def quoted() -> Iterator[str]:
    """What stands in the first column of the tables, between backquotes."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            yield from re.findall(r"`([^`]+)`", line.split(" | ")[0])


@cache
def said() -> str:
    """Every text of the code, with an ellipsis for what is filled in."""
    return "\n".join(text for source in SOURCES for text in _texts(ROOT / source))


def _texts(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (v.value if isinstance(v, ast.Constant) else OPEN for v in node.values)
                yield "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.sub(r"\{\w*\}", OPEN, node.value)


BEFORE = re.compile(r"^(must be |accepted_risks\[N\]: )")
"""What every message about a field begins with, and where one stands."""


def missing(message: str) -> list[str]:
    """The parts of a message that the code has nowhere."""
    opened = re.sub(r"\b(N|NAME)\b", OPEN, BEFORE.sub("", message))
    parts = (part.strip(" :,") for part in opened.split(OPEN))
    return [part for part in parts if part not in said()]


@pytest.mark.parametrize("message", sorted({*quoted()} - {*OF_AWS}))
def test_the_code_has_each_message(message: str) -> None:
    assert not missing(message)


def test_other_words_are_noticed() -> None:
    assert missing("Review … is not the one that was approved: its digest differs.")
    assert missing("Review … is not approved.")
