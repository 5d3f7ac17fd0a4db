"""Writing items into the file, which keeps its comments, its order and its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from runbook.adopt.item import Edit, Item
from settings.diagnostics import Diagnostic

_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w.@/ +-]*[\w/])?", re.ASCII)
"""What reads as text without quotes, wherever it stands."""
_NUMBER = re.compile(r"[\d._]+")

HEADER = "# yaml-language-server: $schema=./groundwork.schema.json\n"


def writer() -> YAML:
    """Return a reader and writer under which a file that is not changed stays as it is."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def new(account: str, region: str) -> str:
    """Return a file that declares nothing yet."""
    return f'{HEADER}account: "{account}"\nregion: {region}\n'


def with_items(text: str, items: Iterable[Item]) -> str:
    """Add what the file does not declare yet. What it declares stays as it says."""
    yaml = writer()
    document = yaml.load(text)
    region = document.get("region", "us-east-1")
    for item in items:
        if item.declared is not None:
            _add(document, item, region)
    return _written(yaml, document)


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """Change single fields of items that the file declares."""
    yaml = writer()
    document = yaml.load(text)
    for edit in edits:
        at = document
        for name in edit.path:
            at = at[name]
        _put(at, edit.field, edit.was, edit.now)
    return _written(yaml, document)


def _put(at: Any, name: str, was: Any, now: Any) -> None:
    """Change what changed: a list and a mapping keep what the file has besides."""
    match at.get(name), was, now:
        case _, _, None:
            at.pop(name, None)
        case CommentedMap() as here, Mapping(), Mapping():
            for key in [key for key in {**was, **now} if was.get(key) != now.get(key)]:
                _put(here, key, was.get(key), now.get(key))
        case CommentedSeq() as here, list(), list():
            for item in [item for item in here if item in was and item not in now]:
                here.remove(item)
            here.extend(_block(item) for item in now if item not in here)
        case ScalarString() as here, _, str():
            at[name] = type(here)(now)
        case _:
            at[name] = _block(now)


def with_risks(text: str, risks: Iterable[Mapping[str, Any]]) -> str:
    """Add accepted risks below those that the file has."""
    yaml = writer()
    document = yaml.load(text)
    entries = document.setdefault("accepted_risks", [])
    for risk in risks:
        entries.append(_block(risk))
    if not entries:
        del document["accepted_risks"]
    return _written(yaml, document)


def with_faults(text: str, faults: Iterable[Diagnostic]) -> str:
    """Write each fault beside the line that it is about."""
    found: dict[int, list[str]] = {}
    for fault in faults:
        found.setdefault(fault.line - 1, []).append(fault.message)
    lines = text.splitlines()
    for number, messages in found.items():
        lines[number] += f"  # {'; '.join(messages)}"
    return "\n".join(lines) + "\n"


def declares(text: str, path: tuple[str, ...]) -> bool:
    """Tell whether the file declares an item already."""
    at: Any = _read(text)
    for name in path:
        if not isinstance(at, Mapping) or name not in at:
            return False
        at = at[name]
    return True


@lru_cache(maxsize=1)
def _read(text: str) -> Any:
    """Read a file that is asked about item by item: it may have thousands of lines."""
    return YAML(typ="safe", pure=True).load(text)


def _add(document: Any, item: Item, region: str) -> None:
    declared = {
        key: value for key, value in (item.declared or {}).items() if not _here(key, value, region)
    }
    at = document
    for name in item.path[:-1]:
        at = at.setdefault(name, CommentedMap())
    last = item.path[-1]
    if len(item.path) == 1:
        area = at.setdefault(last, CommentedMap())
        for key, value in declared.items():
            area.setdefault(key, _block(value))
        if not area:
            del at[last]
    elif last not in at:
        at[last] = _block(declared)
    elif "users" in declared:
        _add_users(at[last], declared["users"])


def _add_users(bucket: Any, users: Mapping[str, Any]) -> None:
    """Add users to a bucket that the file declares already. Whom it has stays as it says."""
    if any(name not in bucket.get("users", ()) for name in users):
        at = bucket.setdefault("users", CommentedMap())
        for name, user in users.items():
            at.setdefault(name, _block(user))


def _here(key: str, value: object, region: str) -> bool:
    """Tell whether a field only repeats the file's own region."""
    return (key, value) in (("region", region), ("regions", [region]))


def _block(value: Any) -> Any:
    """Write short maps and lists in one line, and in quotes what would not read as text."""
    if isinstance(value, Mapping):
        made = CommentedMap({key: _block(item) for key, item in value.items()})
        if all(not isinstance(item, (Mapping, list)) for item in value.values()) and len(value) < 4:
            made.fa.set_flow_style()
        return made
    if isinstance(value, (list, tuple)):
        made_list = CommentedSeq([_block(item) for item in value])
        made_list.fa.set_flow_style()
        return made_list
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or _NUMBER.fullmatch(value)):
        return DoubleQuotedScalarString(value)
    return value


def _written(yaml: YAML, document: Any) -> str:
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
