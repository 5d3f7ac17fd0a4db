"""Every file in `bad/` says in comments what is wrong with it.

A comment with a caret stands below the line that is wrong. The caret marks the column, `#^` the
first one, and what follows it is the message, of which `…` leaves the rest unsaid.
REST_OF_A_SENDER stands for the fields that every sender has to have.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings import ConfigurationError, parse
from tests.builders import completed

FILES = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
MARK = re.compile(r"(?P<before> *# *)\^ (?P<message>.+)")


def expected(text: str) -> list[str]:
    found = []
    wrong = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if match := MARK.fullmatch(line):
            column = len(match["before"]) + 1 if match["before"] != "#" else 1
            found.append((wrong, column, match["message"]))
        else:
            wrong = number
    found.sort(key=lambda mark: mark[:2])
    return [f"f:{line}:{column}: {message}" for line, column, message in found]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_fault_of_a_file_is_reported_at_its_place(file: Path) -> None:
    text = file.read_text()
    with pytest.raises(ConfigurationError) as raised:
        parse(completed(text), "f")
    reported = [f"f:{f.line}:{f.column}: {f.path}: {f.message}" for f in raised.value.faults]
    shortened = [
        f"{whole[: len(said) - 1]}…" if said.endswith("…") else whole
        for whole, said in zip(reported, expected(text), strict=False)
    ]
    assert shortened + reported[len(shortened) :] == expected(text)
