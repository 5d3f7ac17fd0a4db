"""Closed sets: a table keyed by one has all of it, wherever it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal, NamedTuple, get_args, get_origin

from runbook.base.names import Kind
from runbook.credentials.cli import Holder
from runbook.credentials.forms import fitting
from runbook.credentials.keys import ITEMS
from runbook.credentials.read import OUTPUTS
from runbook.credentials.values import SECRETS

ROOT = Path(__file__).parent.parent
ROOMS = {"constructs": ROOT / "constructs", "settings": ROOT, "stacks": ROOT, "runbook": ROOT}
PARTIAL = {
    ("runbook.mail.dmarc.presenting", "_WORDS"): "a decision by DMARC is one of three",
    ("runbook.credentials.keys", "ITEMS"): "only some kinds of items have credentials",
    ("runbook.credentials.read", "OUTPUTS"): "the same",
    ("runbook.credentials.values", "SECRETS"): "the same",
}


class Table(NamedTuple):
    """A dictionary that is written out, and the name of the type of its keys."""

    module: str
    name: str
    keyed_by: str
    node: ast.Dict


def tables() -> Iterator[Table]:
    for room, source in ROOMS.items():
        for file in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(file.relative_to(source).with_suffix("").parts)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
                    node.value, ast.Dict
                ):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    keyed_by = key_type(node, node.value)
                    if keyed_by not in (None, "str"):
                        yield Table(
                            module.removesuffix(".__init__"),
                            ast.unparse(target),
                            keyed_by,
                            node.value,
                        )


def key_type(node: ast.Assign | ast.AnnAssign, table: ast.Dict) -> str | None:
    """The key's type as it is annotated, or as the first key has it: `Verdict.KEPT`."""
    match getattr(node, "annotation", None), table.keys:
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Name(id=name), *_])), [*_]:
            return name
        case _, [ast.Attribute(value=ast.Name(id=name)), *_]:
            return name
    return None


def members(module: ModuleType, name: str) -> set[str] | None:
    """The members of an enumeration or a Literal; None where it is neither."""
    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, Enum):
        return {*found.__members__}
    return {*get_args(found)} if get_origin(found) is Literal else None


def key(node: ast.expr | None) -> str:
    match node:
        case ast.Attribute(attr=name):
            return name
        case ast.Constant(value=value):
            return str(value)
    return ast.unparse(node) if node else "**"


def test_a_table_that_is_keyed_by_a_closed_set_has_all_of_it() -> None:
    compared, faults = 0, {}
    for table in tables():
        expected = members(import_module(table.module), table.keyed_by)
        if expected is not None and (table.module, table.name) not in PARTIAL:
            compared += 1
            if differing := {key(each) for each in table.node.keys} ^ expected:
                faults[table.module, table.name] = differing
    assert faults == {}
    assert compared > len(PARTIAL), "nothing was found"


def test_what_has_credentials_is_the_same_everywhere() -> None:
    kinds = {kind for kind in Kind if fitting(kind)}
    assert kinds == {*SECRETS} == {*ITEMS} == {*OUTPUTS} == {Kind[holder.name] for holder in Holder}
