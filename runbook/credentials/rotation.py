"""Renewing credentials: the number in the file goes up by one, and nothing else of it changes."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from runbook.base.errors import UserError
from runbook.base.names import Kind
from settings import Settings, parse

Path = tuple[str, ...]


def place(settings: Settings, name: str, kind: Kind) -> Path:
    """Return the path of an item's entry in the file."""
    if kind is Kind.SENDER:
        return ("mail", "senders", name)
    if kind is Kind.CONSUMER:
        return next(named.place for named, _ in settings.data.consumers() if str(named) == name)
    buckets = settings.backup.buckets.items()
    bucket = next(bucket for bucket, declared in buckets if name in declared.users)
    return ("backup", "buckets", bucket, "users", name)


def raised(text: str, path: Path) -> tuple[str, int]:
    """Return the file's text with the item's `credentials.version` raised, and the new number.

    Every other character stays. Raises `UserError` where the file is written in a way that this
    cannot follow, such as one entry that stands for two items.
    """
    version = _version(parse(text), path) + 1
    changed = _edited(text, path, version)
    if _dump(changed, path) != _dump(text, path) or _version(parse(changed), path) != version:
        raise UserError(
            f"{'.'.join(path)} shares its entry with another item of the file.",
            f"Write credentials.version: {version} there by hand.",
        )
    return changed, version


def _edited(text: str, path: Path, version: int) -> str:
    item: CommentedMap = YAML().load(text)
    for name in path:
        item = item[name]
    credentials = item.get("credentials")
    if not isinstance(credentials, CommentedMap):
        return _inserted(text, item, f"credentials: {{version: {version}}}")
    if "version" not in credentials:
        if not credentials:
            raise UserError(f"{'.'.join(path)} has empty credentials.", "Remove the field.")
        return _inserted(text, credentials, f"version: {version}")
    line, column = credentials.lc.value("version")
    return _at(text, line, column, str(version), len(str(credentials["version"])))


def _inserted(text: str, mapping: CommentedMap, entry: str) -> str:
    """Put an entry before a mapping's first one, in its style: `{…}`, or on a line of its own."""
    line, column = mapping.lc.key(next(iter(mapping)))
    if mapping.fa.flow_style():
        return _at(text, line, column, f"{entry}, ")
    return _at(text, line, column, f"{entry}\n{' ' * column}")


def _at(text: str, line: int, column: int, new: str, replaced: int = 0) -> str:
    lines = text.splitlines(keepends=True)
    old = lines[line]
    lines[line] = f"{old[:column]}{new}{old[column + replaced :]}"
    return "".join(lines)


def _version(settings: Settings, path: Path) -> int:
    if path[0] == "mail":
        return settings.mail.senders[path[-1]].credentials.version
    if path[0] == "data":
        found = {named.place: consumer for named, consumer in settings.data.consumers()}
        return found[path].credentials.version
    return settings.backup.buckets[path[2]].users[path[-1]].credentials.version


def _dump(text: str, path: Path) -> dict[str, object]:
    """Return what the file declares, without the item's number."""
    declared = parse(text).model_dump()
    item = declared
    for name in path:
        item = item[name]
    item["credentials"] = {**item["credentials"], "version": None}
    return declared
