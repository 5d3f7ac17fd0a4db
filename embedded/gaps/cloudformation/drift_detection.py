"""Drift detection of every type that we deploy and AWS can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap
from embedded.readers import READERS, Properties, Reader
from embedded.readers.inside import as_caller

GAP = Gap(
    aws=(
        "Drift detection compares every property that the template names, after an import too. It "
        "reads as whoever asks: what they may not read is in an unknown state."
    ),
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"
    ),
    ministack="It reads 14 types, most of them only for their existence, whoever asks.",
    effect=Effect.STRICTER,
)

IMPORTED = ("IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
"""Detecting drift is what AWS recommends to do next in this state, and ministack refuses.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html>
"""
Read = Callable[[str, Properties], Properties | None]

VERSION = "EngineVersion"


def install() -> None:
    """Give drift detection our readers, in place of its own few."""
    drift: Any = service("cloudformation.drift")
    drift.DRIFT_DETECTABLE_STATUSES = (*drift.DRIFT_DETECTABLE_STATUSES, *IMPORTED)
    for resource_type, reader in READERS.items():
        drift._DRIFT_READERS[resource_type] = (_read(reader), reader.properties)


def _read(reader: Reader) -> Read:
    def read(physical_id: str, expected: Properties) -> Properties | None:
        found = reader.current(as_caller(), reader.identified(physical_id, expected))
        if found is None:
            return None
        same = _unset(expected, found) | _began(expected, found)
        return {**_compared(expected, found), **same}

    return read


def _unset(expected: Properties, found: Properties) -> Properties:
    """What a template sets to nothing is as declared where nothing is set."""
    return {name: item for name, item in expected.items() if name not in found and not item}


def _began(expected: Properties, found: Properties) -> Properties:
    """A database of version 17 is as declared at 17.5: AWS's schemas compare the beginning."""
    asked, runs = str(expected.get(VERSION, "")), str(found.get(VERSION, ""))
    return {VERSION: asked} if asked and runs.startswith(f"{asked}.") else {}


def _compared(expected: Any, found: Any) -> Any:
    """AWS compares what the template names, and numbers by their value.

    <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
    """
    match expected, found:
        case dict(), dict():
            return {n: _compared(expected[n], item) for n, item in found.items() if n in expected}
        case list(), list():
            pairs = zip(expected, found, strict=False)
            return [_compared(one, other) for one, other in pairs] + found[len(expected) :]
        case int() | float(), int() | float() if expected == found:
            return expected
    return found
