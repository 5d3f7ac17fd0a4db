"""The measures that `make measure` prints, on code whose numbers are plain to see."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conftest import ROOT
from tools import measure

CODE = '''\
# One comment, and one docstring.
from typing import Any


def choose(self, left: Any, *, right: int = 0) -> Any:
    """Choose."""
    for _ in range(right):
        if left and right:
            return [one for one in left]  # noqa: C416
    return None


def _untyped(left): return left
'''


def function(code: str) -> ast.FunctionDef:
    (found,) = ast.parse(code).body
    assert isinstance(found, ast.FunctionDef)
    return found


def test_a_row_has_the_measures_of_its_files() -> None:
    row = measure.row("room", [measure.Source(CODE, ast.parse(CODE))])
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "room",
        "1",
        "13",
        "13/13/13",
        "2, 6/6/6",
        "2/2",
        "5/5",
        "2/2",
        "100 %",
        "50 %",
        "375.0",  # 3 in 8 lines of code
        "125.0",
    ]


def test_each_branch_loop_and_condition_is_one_more_way_through() -> None:
    assert measure.cyclomatic(function("def f():\n  return 1")) == 1
    assert measure.cyclomatic(function("def f():\n  if a and b or c: pass")) == 4
    assert (
        measure.cyclomatic(function("def f():\n  match a:\n    case 1: pass\n    case _: pass"))
        == 3
    )


def test_nesting_counts_blocks_and_not_functions() -> None:
    assert measure.nesting(function("def f():\n  def g():\n    return 1")) == 0
    assert (
        measure.nesting(
            function("def f():\n  with a:\n    if b:\n      pass\n    elif c:\n      pass")
        )
        == 3
    )


def test_a_percentile_is_a_value_that_occurs() -> None:
    assert measure.percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == 10
    assert measure.percentile([7], 0.5) == 7


def test_links_and_empty_files_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "__init__.py").touch()
    (tmp_path / "settings" / "one.py").write_text("ONE = 1\n")
    (tmp_path / "settings" / "two.py").symlink_to("one.py")
    assert len(measure.sources(tmp_path, "settings")) == 1


def test_every_room_of_this_project_has_a_row() -> None:
    rows = measure.table(ROOT).splitlines()
    assert [row.split("|")[1].strip(" –*") for row in rows[2:]] == ["all", *measure.ROOMS]
