"""What adopt says to do next."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from runbook.adopt.commands import _say_next
from runbook.adopt.found import Found
from runbook.adopt.item import Edit
from runbook.adopt.options import Options


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("groundwork.yaml", "groundwork changes prepare"),
        ("teams/our file.yaml", "groundwork changes prepare --config 'teams/our file.yaml'"),
    ],
)
def test_the_next_step_is_for_the_same_file(file: str, said: str) -> None:
    edit = Edit(("data", "databases", "books"), "instance", "db.t3.micro", "db.t3.large")
    found = Found("123456789012", ("us-east-1",), (), (edit,), (), "")
    text = io.StringIO()
    _say_next(Console(file=text), Options(Path(file), Path(".local"), write=True), found)
    assert text.getvalue().endswith(f"then: {said}\n")
