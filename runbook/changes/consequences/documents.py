"""Documents and parameters of Systems Manager: what a session does, and how shells are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import inside, keys
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    changed,
    harmless,
    removed,
    rises,
    turned_off,
)
from runbook.changes.parts import Danger

_GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide"
_SHELLS = f"{_GUIDE}/session-manager-schema.html"
_VALUES = f"{_GUIDE}/systems-manager-parameter-store.html"


def _weakens(words: str) -> Consequence:
    return Consequence(words, _SHELLS, danger=Danger.WEAKENED)


def _runs(words: str, page: str = _SHELLS) -> Consequence:
    return Consequence(words, page, danger=Danger.CODE)


_SHELL: Mapping[str, Rule] = {
    "cloudWatchEncryptionEnabled": turned_off(_weakens("its log may be unencrypted")),
    "cloudWatchLogGroupName": removed(_weakens("shells are no longer logged there")),
    "cloudWatchStreamingEnabled": turned_off(_weakens("a shell is logged once it is over"), True),
    "idleSessionTimeout": rises(
        _weakens("minutes until an idle shell is closed: {after}; before: {before}"), 20
    ),
    "kmsKeyId": removed(_weakens("shells are encrypted with another key, or none")),
    "maxSessionDuration": rises(
        _weakens("minutes until a shell is closed: {after}; before: {before}"),
        float("inf"),
    ),
    "runAsDefaultUser": changed(_weakens("shells run as another user")),
    "runAsEnabled": turned_off(_weakens("shells run as ssm-user, who may sudo")),
    "s3KeyPrefix": harmless,
    "shellProfile": changed(_runs("each shell begins with another script")),
    "s3BucketName": removed(_weakens("shells are no longer logged there")),
    "s3EncryptionEnabled": turned_off(_weakens("its log may be unencrypted")),
}
"""What a document says of shells, by its `inputs`: a profile is a script that each shell runs."""


def _content(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge a document of Systems Manager."""
    (old, shell), (new, its_shell) = (_parts(side) for side in (before, after))
    yield from inside(_SHELLS, _SHELL)(shell, its_shell)
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield _runs(f"other {key}")


def _parts(content: JsonValue) -> tuple[Mapping[str, JsonValue], JsonValue]:
    """Return what a document consists of, and apart its inputs. A description runs nothing."""
    try:
        found = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        found = {"Content": content}
    parts = keys(found)
    inputs = parts.get("inputs")
    return {k: v for k, v in parts.items() if k not in ("description", "inputs")}, inputs


KINDS: Mapping[str, Kind] = {
    "AWS::SSM::Document": Kind(rules={"Content": _content}),
    "AWS::SSM::Parameter": Kind(
        rules={"Value": changed(_runs("whatever reads it gets another value", _VALUES))}
    ),
}
