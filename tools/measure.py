"""Prints how large, how nested, how documented and how typed the code is, room by room.

`make measure` runs it here; `python tools/measure.py FOLDER` measures another checkout, so that two
commits can be compared. Only the text and its syntax are read; nothing is imported. The numbers
help to review a restructuring: no check depends on them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# One row each, by the first part of a file's path. Tests are judged by what they show instead.
ROOMS = ("stacks", "constructs", "settings", "runbook", "embedded", "tools")
COLUMNS = (
    "",
    "files",
    "lines",
    "file med/p90/max",
    "functions, med/p90/max",
    "params p90/max",
    "cyclomatic p90/max",
    "nesting p90/max",
    "public with docstring",
    "typed",
    "`Any` per kLOC",
    "ignores+noqa per kLOC",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef
LOOPS = (ast.For, ast.AsyncFor, ast.While)
BRANCHES = (*LOOPS, ast.If, ast.IfExp, ast.ExceptHandler, ast.comprehension, ast.match_case)
BLOCKS = (*LOOPS, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
ANY = re.compile(r"\bAny\b")
SILENCED = re.compile(r"#\s*(type:\s*ignore|noqa)")


@dataclass(frozen=True)
class Source:
    """A file's text and its syntax tree."""

    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def code_lines(self) -> int:
        """The lines that are neither empty nor only a comment."""
        lines = [line.strip() for line in self.text.splitlines()]
        return sum(bool(line) and not line.startswith("#") for line in lines)

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


def sources(root: Path, room: str) -> list[Source]:
    """Read a room's files: no links, which are other files' copies, and no empty ones."""
    files = sorted((root / room).rglob("*.py"))
    if room == "stacks":
        files.append(root / "app.py")
    texts = [file.read_text(encoding="utf-8") for file in files if not file.is_symlink()]
    return [Source(text, ast.parse(text)) for text in texts if text.strip()]


def row(name: str, files: Sequence[Source]) -> str:
    """Return a table's row for these files."""
    functions = [function for file in files for function in file.functions()]
    public = [function for function in functions if not function.name.startswith("_")]
    lines = [file.lines for file in files]
    cells = (
        name,
        str(len(files)),
        str(sum(lines)),
        _spread(lines),
        f"{len(functions)}, {_spread([*map(_length, functions)])}",
        _upper([len(_parameters(function)) for function in functions]),
        _upper([*map(cyclomatic, functions)]),
        _upper([*map(nesting, functions)]),
        _share([ast.get_docstring(function) is not None for function in public]),
        _share([*map(_is_typed, functions)]),
        _per_thousand(ANY, files),
        _per_thousand(SILENCED, files),
    )
    return _line(cells)


def table(root: Path) -> str:
    """Return the Markdown table of a checkout: the whole, then each room that has files."""
    rooms = {room: found for room in ROOMS if (found := sources(root, room))}
    whole = row("**all**", [file for files in rooms.values() for file in files])
    each = [row(f"– {room}", files) for room, files in rooms.items()]
    return "\n".join([_line(COLUMNS), _line(["---"] * len(COLUMNS)), whole, *each])


def cyclomatic(function: Function) -> int:
    """Count the ways through a function: one, and one more at each branch, loop and condition."""
    inside = list(ast.walk(function))
    conditions = sum(len(node.values) - 1 for node in inside if isinstance(node, ast.BoolOp))
    return 1 + conditions + sum(isinstance(node, BRANCHES) for node in inside)


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Return how many blocks deep the deepest statement stands; `elif` is an `if` in an `else`."""
    children = [
        nesting(child, depth + isinstance(child, BLOCKS)) for child in ast.iter_child_nodes(node)
    ]
    return max(children, default=depth)


def percentile(values: Sequence[int], share: float) -> int:
    """Return the value that `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _parameters(function: Function) -> list[ast.arg]:
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    rest = [argument for argument in (given.vararg, given.kwarg) if argument]
    return [argument for argument in (*named, *rest) if argument.arg not in ("self", "cls")]


def _is_typed(function: Function) -> bool:
    return function.returns is not None and all(p.annotation for p in _parameters(function))


def _per_thousand(pattern: re.Pattern[str], files: Sequence[Source]) -> str:
    found = sum(len(pattern.findall(file.text)) for file in files)
    return f"{found * 1000 / sum(file.code_lines for file in files):.1f}"


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _spread(values: Sequence[int]) -> str:
    return f"{percentile(values, 0.5)}/{_upper(values)}"


def _upper(values: Sequence[int]) -> str:
    return f"{percentile(values, 0.9)}/{max(values)}"


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.0%}".replace("%", " %")


if __name__ == "__main__":
    print(table(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
