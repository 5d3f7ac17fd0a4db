"""References of a template, and the ids that they stand for where what they name is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runbook.adopt.item import Live

BUCKET = "AWS::S3::Bucket"


def references(final: Any, known: Mapping[str, Live]) -> Iterator[tuple[str, Any]]:
    """Yield what each reference of the file's template stands for, and the reference."""
    match final:
        case dict() if is_call(final):
            found = names(final, known)
            if isinstance(found, str):
                yield found, final
        case dict():
            for item in final.values():
                yield from references(item, known)
        case list():
            for item in final:
                yield from references(item, known)


def referring(live: Any, known: Mapping[str, Any]) -> Any:
    """Write ids as the file refers to them: a review would take that for another resource."""
    match live:
        case str():
            return known.get(live, live)
        case dict():
            return {name: referring(item, known) for name, item in live.items()}
        case list():
            return [referring(item, known) for item in live]
    return live


def names(value: Any, known: Mapping[str, Live]) -> Any:
    """Put ids in place of references, however deep, where what they refer to is known."""
    match value:
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "GroupId"]} if name in known:
            return known[name].identifier.rpartition("|")[2]
        case {"Fn::GetAtt": [str(name), "Arn"]} if name in known and known[name].type == BUCKET:
            return f"arn:aws:s3:::{known[name].identifier}"
        case {"Fn::Join": ["", list(parts)]}:
            return _joined(value, parts, known)
        case dict() if not is_call(value):
            return {name: names(item, known) for name, item in value.items()}
        case list():
            return [names(item, known) for item in value]
    return value


def _joined(join: Any, parts: list[Any], known: Mapping[str, Live]) -> Any:
    """Put the text in place of a join, where every part of it is known."""
    found = [names(part, known) for part in parts]
    return "".join(found) if all(isinstance(part, str) for part in found) else join


def is_call(value: Mapping[str, Any]) -> bool:
    """Tell whether a value of a template is a reference or a function of CloudFormation's."""
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))
