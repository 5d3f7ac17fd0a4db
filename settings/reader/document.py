"""Reading YAML into plain data that remembers where in the file each value stands.

Plain values follow YAML 1.2's core schema: `on`, `no` and `1:30` are text, as they look, and a
date stays the text that the models check. <https://yaml.org/spec/1.2.2/#103-core-schema>
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from settings.diagnostics import Diagnostic, Location, Position, dotted, quoted, shortened

if TYPE_CHECKING:
    from pydantic import JsonValue
    from yaml._yaml import Mark as CMark

    Mark = yaml.Mark | CMark


@dataclass
class Document:
    """What a file says, and for every path the place and the wording of its value."""

    data: JsonValue = None
    values: dict[Location, Position] = field(default_factory=dict)
    keys: dict[Location, Position] = field(default_factory=dict)
    source_text: dict[Location, str] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    hidden: list[Diagnostic] = field(default_factory=list)
    """Faults of invisible characters, for where nothing else is wrong."""

    def place(self, path: Location, *, key: bool) -> Position:
        """Return the place of a path, or of the nearest thing around it that the file has."""
        while path not in self.values and path:
            path = path[:-1]
            key = True
        places = self.keys if key and path in self.keys else self.values
        return places.get(path, Position(1, 1))

    def add(self, place: Position, path: Location, message: str) -> None:
        """Note something that is wrong with the text itself."""
        self.faults.append(Diagnostic(*place, dotted(path), message))


def read(text: str) -> Document:
    """Read a file's text. What is wrong with it as YAML is in the document's `faults`."""
    if found := _unreadable(text):
        return Document(faults=[found])
    reader = _Reader(text)
    try:
        reader.read()
    except yaml.MarkedYAMLError as error:
        unclosed = (error.problem or "").endswith(("end of stream", "']'", "'}'"))
        mark = error.context_mark if unclosed else error.problem_mark
        reader.document.add(_position(mark), (), _not_yaml(error.problem or "", text, mark))
    except yaml.reader.ReaderError as error:
        reader.document.add(_position_of(text, error.position), (), _control(error.character))
    except UnicodeEncodeError as error:
        reader.document.add(_position_of(text, error.start), (), _control(ord(text[error.start])))
    except _UnusableError as reason:
        reader.document.add(*reason.args)
    return reader.document


_LARGEST = 5_000_000
"""Characters in a file: far above a file of a thousand senders."""
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""What YAML takes for the end of a line, and editors do not."""


def _unreadable(text: str) -> Diagnostic | None:
    if len(text) > _LARGEST:
        return Diagnostic(1, 1, "", f"the file has more than {_LARGEST:,} characters")
    if found := _LINE_ENDS.search(text):
        return Diagnostic(*_position_of(text, found.start()), "", _control(ord(found[0])))
    return None


class _UnusableError(Exception):
    """Place, path and message of something after which reading cannot go on."""


_DEEPEST = 20
"""Far below the deepest field, and far above what overflows the stack."""
_MOST = 200_000
"""Values in a file, those that aliases repeat included: far above a file of a thousand senders."""
_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Reader:
    """Builds one document from YAML's events.

    Events have positions, build no objects, and come one at a time, so that no depth and no
    repetition of aliases gets out of hand; libyaml reads a thousand senders in a moment.
    """

    def __init__(self, text: str) -> None:
        self.document = Document()
        self.events = yaml.parse(text, Loader=_Loader)
        self.anchors: dict[str, tuple[JsonValue, int]] = {}
        self.count = 0

    def read(self) -> None:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return
        self.document.data = self._value(next(self.events), ())
        next(self.events)
        if not isinstance(after := next(self.events), yaml.StreamEndEvent):
            self.document.add(_start(after), (), "a second document starts here; a file has one")

    def _value(self, event: yaml.Event, path: Location) -> JsonValue:
        self._limit(event, path)
        self.document.values[path] = _start(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        if getattr(event, "tag", None) is not None:
            self.document.add(
                _start(event), path, "found a tag (!); must be a value alone: quotes make it text"
            )
        before = self.count
        if isinstance(event, yaml.ScalarEvent):
            value, self.document.source_text[path] = _scalar(event)
            self._check_text(event, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._list(path)
            self.document.source_text[path] = "a list" if value else "an empty list"
        else:
            value = self._mapping(path)
            self.document.source_text[path] = "a mapping" if value else "an empty mapping"
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self.anchors[event.anchor] = (value, self.count - before)
        return value

    def _limit(self, event: yaml.Event, path: Location) -> None:
        self.count += 1
        if len(path) > _DEEPEST:
            raise _UnusableError(
                _start(event), path[:3], f"nested more than {_DEEPEST} levels deep"
            )
        if self.count > _MOST:
            raise _UnusableError(_start(event), path[:3], f"more than {_MOST:,} values up to here")

    def _alias(self, event: yaml.AliasEvent, path: Location) -> JsonValue:
        """Return what an anchor stands for. An anchor exists only once its value is complete."""
        name = event.anchor
        if name not in self.anchors:
            raise _UnusableError(
                _start(event), path, f"*{name} needs a complete value marked &{name} before it"
            )
        value, size = self.anchors[name]
        self.document.source_text[path] = f"*{name}"
        self.count += size
        return value

    def _list(self, path: Location) -> list[JsonValue]:
        items: list[JsonValue] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Location) -> dict[str, JsonValue]:
        mapping: dict[str, JsonValue] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self._name(event, path, mapping)
            if name is None:
                self._skip(next(self.events))
            else:
                mapping[name] = self._value(next(self.events), (*path, name))
        return mapping

    def _name(self, event: yaml.Event, path: Location, mapping: dict[str, JsonValue]) -> str | None:
        """Return the name before a value, or None, having reported why it is none."""
        if not isinstance(event, yaml.ScalarEvent):
            self.document.add(_start(event), path, "a name must be plain text")
            self._skip(event)
            return None
        name = event.value
        whole = (*path, name)
        self._check_text(event, whole)
        if name == "<<" and event.implicit[0]:
            self.document.add(
                _start(event), whole, "names cannot be merged; an alias stands for a whole value"
            )
            return None
        if name in mapping:
            first = self.document.keys[whole].line
            self.document.add(_start(event), whole, f"duplicate key; first on line {first}")
            return None
        self.document.keys[whole] = _start(event)
        return name

    def _check_text(self, event: yaml.ScalarEvent, path: Location) -> None:
        """Refuse what a terminal hides or obeys, and what AWS replaces by something else."""
        text = event.value
        hidden = next((c for c in text if not c.isprintable() and c != "\n"), None)
        if hidden:
            message = f"{_character(ord(hidden))}, which is invisible"
            self.document.hidden.append(Diagnostic(*_start(event), dotted(path), message))
        if found := _REPLACED.search(text):
            self.document.add(
                _start(event),
                path,
                f"found {found[0]}, which CloudFormation and IAM replace; must be text without it",
            )

    def _skip(self, event: yaml.Event) -> None:
        """Pass over a value that has no place."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return
            event = next(self.events)


def _start(event: yaml.Event) -> Position:
    return _position(event.start_mark)


def _position(mark: Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


_REPLACED = re.compile(r"\$\{|\{\{")
"""IAM's policy variables and the CDK's tokens, and CloudFormation's dynamic references.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
"""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def _scalar(event: yaml.ScalarEvent) -> tuple[JsonValue, str]:
    """Return a value and how the file words it. Only text without quotes can be another kind."""
    text = event.value
    if event.implicit[0]:
        if text in _NULLS:
            return None, "nothing"
        if text in _TRUE or text in _FALSE:
            return text in _TRUE, text
        if _INTEGER.fullmatch(text):
            return int(text), text
        if _FLOAT.fullmatch(text):
            return float(text), shortened(text)
        if " " not in text:
            return text, shortened(text)
    return text, quoted(text)


def _position_of(text: str, index: int) -> Position:
    before = text[:index]
    return Position(before.count("\n") + 1, index - before.rfind("\n"))


def _character(code: int) -> str:
    return f"found the character U+{code:04X}"


def _control(code: int) -> str:
    return f"{_character(code)}, which a text file does not have"


_REASONS = {
    "mapping values are not allowed in this context": (
        "a colon too many, or wrong indentation; text with a colon goes between quotes"
    ),
    "did not find expected key": "wrong indentation, or a bracket or quote that is not closed",
    "did not find expected '-' indicator": "wrong indentation, or a missing - of the list",
    "did not find expected ',' or ']'": "a comma or the closing ] is missing",
    "did not find expected ',' or '}'": "a comma or the closing } is missing",
    "did not find expected node content": "a value is missing, or needs quotes",
    "could not find expected ':'": "a name without its colon and value",
    "found unexpected end of stream": "a quote is not closed",
    # Of an anchor or alias without a name, as in [*@example.org].
    "did not find expected alphabetic or numeric character": (
        "a value that starts with * or & goes between quotes"
    ),
}


def _not_yaml(problem: str, text: str, mark: Mark | None) -> str:
    """Say what is wrong in words that name what to fix."""
    if problem == "found character that cannot start any token" and mark:
        line = text.split("\n")[mark.line] if mark.line <= text.count("\n") else ""
        character = line[mark.column : mark.column + 1]
        if character == "\t":
            return "this is not YAML: a tab; indent with spaces"
        return f"this is not YAML: a value that starts with {character} goes between quotes"
    return f"this is not YAML: {_REASONS.get(problem, problem)}"
