"""Reading the file: YAML 1.2 to plain data and back from an error to its line and column.

YAML 1.1 would read `on:` as true, `no` as false and `1:30` as ninety; 1.2 does not, and a date
stays the text that the models check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from settings.base import PROBLEMS
from settings.explain import explain
from settings.model import Settings

Path_ = tuple[str | int, ...]
Position = tuple[int, int]


@dataclass(frozen=True)
class Fault:
    """One thing that a person has to mend, and where."""

    line: int
    column: int
    path: str
    message: str


class ConfigurationError(Exception):
    """The file cannot be used. `faults` has every reason, in the order of the file."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file = file
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.column))
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        for fault in self.faults:
            where = f"{fault.path}: " if fault.path else ""
            yield f"{self.file}:{fault.line}:{fault.column}: {where}{fault.message}"


@dataclass
class _Document:
    """Plain data, and for every path the place of its value and of the key before it."""

    data: Any
    values: dict[Path_, Position]
    keys: dict[Path_, Position]

    def place(self, path: Path_, *, key: bool) -> Position:
        """Return the place of a path, or of the nearest thing around it that the file has."""
        while path and path not in self.values:
            path = path[:-1]
        places = self.keys if key and path in self.keys else self.values
        return places.get(path, (1, 1))


def load(file: str | Path) -> Settings:
    """Read the configuration, or raise `ConfigurationError` with everything that is wrong with it."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(str(file), [Fault(1, 1, "", "there is no such file")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(file), [Fault(1, 1, "", f"cannot be read: {error}")]) from None
    return parse(text, str(file))


def parse(text: str, file: str = "configuration") -> Settings:
    """Read the configuration from text. `file` is what its faults are reported under."""
    try:
        document = _read(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"this is not YAML: {error.problem or error.context}"
        raise ConfigurationError(file, [Fault(line, column, "", message)]) from None
    except YAMLError as error:
        raise ConfigurationError(file, [Fault(1, 1, "", f"this is not YAML: {error}")]) from None
    if document.data is None:
        raise ConfigurationError(
            file, [Fault(1, 1, "", "the file is empty; it needs at least an account")]
        )
    try:
        return Settings.model_validate_json(json.dumps(_with_default_region(document.data)))
    except ValidationError as error:
        raise ConfigurationError(file, list(_faults(error, document))) from None


def _read(text: str) -> _Document:
    loader = YAML(typ="safe", pure=True)
    node = loader.compose(text)
    document = _Document(None, {}, {})
    if node is not None:
        document.data = _plain(node, (), document, loader)
    return document


def _plain(node: Node, path: Path_, document: _Document, loader: YAML) -> Any:
    document.values[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if len(path) > 20:
        raise MarkedYAMLError(problem="too deep", problem_mark=node.start_mark)
    if isinstance(node, SequenceNode):
        return [
            _plain(item, (*path, index), document, loader) for index, item in enumerate(node.value)
        ]
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, document, loader)
    return _scalar(node)


def _plain_mapping(
    node: MappingNode, path: Path_, document: _Document, loader: YAML
) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise MarkedYAMLError(problem="a key is a plain name", problem_mark=key.start_mark)
        name = str(key.value)
        if name in mapping:
            raise MarkedYAMLError(problem=f"{name} stands here twice", problem_mark=key.start_mark)
        document.keys[(*path, name)] = (key.start_mark.line + 1, key.start_mark.column + 1)
        mapping[name] = _plain(value, (*path, name), document, loader)
    return mapping


def _scalar(node: ScalarNode) -> Any:
    tag = str(node.tag).rpartition(":")[2]
    text = str(node.value)
    match tag:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text.replace("_", ""), 0) if not text.isdigit() else int(text)
        case "float":
            return float(text)
    return text


def _with_default_region(data: Any) -> Any:
    """Give the file's region to every item that names none, so that an item is complete by itself."""
    if not isinstance(data, Mapping) or not isinstance(data.get("region"), str):
        return data
    region = data["region"]
    filled = {**data}
    for area, groups, field, value in (
        ("mail", ("domains", "addresses", "configuration_sets", "senders"), "regions", [region]),
        ("data", ("networks",), "region", region),
        ("backup", ("buckets",), "region", region),
    ):
        if isinstance(part := data.get(area), Mapping):
            filled[area] = {
                **part,
                **{
                    group: {
                        name: {field: value, **item} if isinstance(item, Mapping) else item
                        for name, item in part[group].items()
                    }
                    for group in groups
                    if isinstance(part.get(group), Mapping)
                },
            }
    return filled


def _faults(error: ValidationError, document: _Document) -> Iterator[Fault]:
    for detail in error.errors(include_url=False):
        path = _path_in(document.data, detail["loc"])
        if detail["type"] == PROBLEMS:
            for problem in detail["ctx"]["found"]:
                whole = (*path, *problem.path)
                yield _fault(whole, f"must be {problem.message}", document, key=problem.key)
        else:
            message, key = explain(detail)
            yield _fault(path, message, document, key=key)


def _fault(path: Path_, message: str, document: _Document, *, key: bool) -> Fault:
    line, column = document.place(path, key=key)
    if (
        path in document.values
        and not key
        and not isinstance(_at(document.data, path), (dict, list))
    ):
        message = f"found {json.dumps(_at(document.data, path), ensure_ascii=False)}; {message}"
    return Fault(line, column, _dotted(path), message)


def _at(data: Any, path: Path_) -> Any:
    for part in path:
        data = data[part]
    return data


def _path_in(data: Any, location: tuple[int | str, ...]) -> Path_:
    """Leave out what pydantic adds to a location: the tags of unions, and `[key]` for a key."""
    path: list[str | int] = []
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if (isinstance(data, Mapping) and (part in data or last)) or (
            isinstance(data, list) and isinstance(part, int)
        ):
            if part == "[key]":
                continue
            path.append(part)
            inside = (isinstance(data, list) and isinstance(part, int) and part < len(data)) or (
                isinstance(data, Mapping) and part in data
            )
            data = data[part] if inside else None  # type: ignore[index]
    return tuple(path)


def _dotted(path: Path_) -> str:
    """Write a path as one would type it: mail.senders.credere.from[0]."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif text:
            text += f".{part}" if "." not in part and "/" not in part else f'."{part}"'
        else:
            text = str(part)
    return text
