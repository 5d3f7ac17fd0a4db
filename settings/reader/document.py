"""Reading YAML into plain data that remembers where in the file each value stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from settings.diagnostics import Diagnostic, Location, Position, dotted
from settings.reader.scalars import scalar
from settings.reader.yaml_faults import character, no_text, not_yaml, position, unreadable

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass
class Document:
    """What a file says, and for every path the place and the wording of its value."""

    data: JsonValue = None
    values: dict[Location, Position] = field(default_factory=dict)
    keys: dict[Location, Position] = field(default_factory=dict)
    source_text: dict[Location, str] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    hidden: list[Diagnostic] = field(default_factory=list)
    """Faults of what looks like something else, for where nothing else is wrong."""

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
    if found := unreadable(text):
        return Document(faults=[found])
    reader = _Reader(text)
    document = reader.document
    try:
        reader.read()
    except yaml.MarkedYAMLError as error:
        document.faults.append(not_yaml(text, error))
    except yaml.reader.ReaderError as error:
        document.faults.append(no_text(text, error.position, error.character))
    except UnicodeEncodeError as error:
        document.faults.append(no_text(text, error.start, ord(text[error.start])))
    except _UnusableError as reason:
        document.add(*reason.args)
    return document


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
        self._refuse_tag(event, path)
        before = self.count
        if isinstance(event, yaml.ScalarEvent):
            value, self.document.source_text[path] = scalar(event)
            self._check_text(event, path)
            if event.implicit[0] and _OCTAL.fullmatch(event.value):
                message = f"found {event.value}; must be a number without a zero before it"
                self.document.hidden.append(Diagnostic(*_start(event), dotted(path), message))
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
        self._refuse_tag(event, whole)
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

    def _refuse_tag(self, event: yaml.Event, path: Location) -> None:
        if getattr(event, "tag", None) is not None:
            message = "found a tag (!); must be a value alone: quotes make it text"
            self.document.add(_start(event), path, message)

    def _check_text(self, event: yaml.ScalarEvent, path: Location) -> None:
        """Refuse what a terminal hides or obeys, and what AWS replaces by something else."""
        text = event.value
        hidden = next((c for c in text if not c.isprintable() and c != "\n"), None)
        if hidden:
            message = f"{character(ord(hidden))}, which is invisible"
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
    return position(event.start_mark)


_OCTAL = re.compile(r"[-+]?0[0-9]{1,20}")
"""What YAML 1.1 reads as octal and 1.2 as decimal, so that `010` is 8 to some and 10 to others."""
_REPLACED = re.compile(r"\$\{|\{\{")
"""IAM's policy variables and the CDK's tokens, and CloudFormation's dynamic references.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
"""
