"""Drift detection of every type that we deploy and AWS can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from embedded.gaps._ministack import cloudformation, service
from embedded.gaps.gap import Effect, Gap
from embedded.readers import READERS, Properties, Reader
from embedded.readers.inside import as_caller

GAP = Gap(
    aws=(
        "Drift detection compares every property that the template names, after an import too. A "
        "group's rules that its template declares apart are as declared; an empty list of rules is "
        "not compared. It reads as whoever asks: what they may not read is in an unknown state."
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
GROUP, RULES = "AWS::EC2::SecurityGroup", ("SecurityGroupIngress", "SecurityGroupEgress")


def install() -> None:
    """Give drift detection our readers, in place of its own few."""
    drift: Any = service("cloudformation.drift")
    drift.DRIFT_DETECTABLE_STATUSES = (*drift.DRIFT_DETECTABLE_STATUSES, *IMPORTED)
    for resource_type, reader in READERS.items():
        drift._DRIFT_READERS[resource_type] = (_read(reader), reader.properties)
    drift._DRIFT_READERS[GROUP] = (_group, READERS[GROUP].properties)


def _group(group: str, expected: Properties) -> Properties | None:
    """Read a security group without the rules that its stack declares apart.

    An empty list of rules is left as declared: CloudFormation does not compare it.
    <https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2091>
    """
    found = _read(READERS[GROUP])(group, expected)
    if found is None:
        return None
    for name in (name for name in RULES if name in expected):
        apart = [*_apart(group, f"AWS::EC2::{name}")]
        rules = [rule for rule in found[name] if not any(_within(one, rule) for one in apart)]
        found[name] = rules if expected[name] else expected[name]
    return found


def _apart(group: str, kind: str) -> Iterator[Properties]:
    """Yield the rules of their own that stand in the template of a group's stack.

    Those of other stacks are not found: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html#drift-considerations>
    """
    for stack in cloudformation._stacks.values():
        records = stack.get("_resources", {}).values()
        if any(record["PhysicalResourceId"] == group for record in records):
            for record in records:
                properties = record.get("Properties") or {}
                if record["ResourceType"] == kind and properties.get("GroupId") == group:
                    yield {name: properties[name] for name in properties if name != "GroupId"}


def _within(expected: Any, found: Any) -> bool:
    """Whether all that a template names is as it says."""
    return bool(_compared(expected, found) == expected)


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
            return _entries(expected, found)
        case int() | float(), int() | float() if expected == found:
            return expected
    return found


def _entries(expected: list[Any], found: list[Any]) -> list[Any]:
    """Compare the entries of two lists that are alike, in whatever order; then by their place."""
    left = dict(enumerate(expected))
    alike: dict[int, Any] = {}
    for n, item in enumerate(found):
        place = next((m for m, one in left.items() if _within(one, item)), None)
        if place is not None:
            alike[n] = left.pop(place)
    return [
        alike[n] if n in alike else _compared(left[n], item) if n in left else item
        for n, item in enumerate(found)
    ]
