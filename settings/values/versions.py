"""PostgreSQL's versions: the one place to raise what `latest` and a major version mean.

The newest of every major version that the pinned cfn-lint and the CDK's validation both know. A
test compares, so that an upgrade of the packages shows here, in a review, and then in the change
set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Engine = Literal["postgresql", "aurora-postgresql"]

NEWEST: dict[Engine, tuple[str, ...]] = {
    "postgresql": ("18.6", "17.11", "16.15", "15.19", "14.24"),
    "aurora-postgresql": ("18.4", "17.10", "16.14", "15.18", "14.23"),
}
MAJORS = tuple(version.partition(".")[0] for version in NEWEST["postgresql"])

# The first minor version of each major one; later major versions have it from the start.
# <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html>
PAUSES_FROM = {13: 15, 14: 12, 15: 7, 16: 3}
# <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.html>
DATA_API_FROM = {13: 11, 14: 8, 15: 3, 16: 1, 17: 4}

# <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html#aurora-serverless-v2.how-it-works.capacity>
LARGEST_FROM = {13: 13, 14: 10, 15: 5, 16: 1}
"""From where on 256 capacity units are the most, and no longer 128."""


def resolve(engine: Engine, version: str) -> str:
    """Return the exact version to run: the newest, a major version's newest, or the one named."""
    if version == "latest":
        return NEWEST[engine][0]
    of_major = (newest for newest in NEWEST[engine] if major(newest) == version)
    return next(of_major, version)


def major(version: str) -> str:
    """Return the major version: an upgrade from one to the next cannot be undone."""
    return version.partition(".")[0]


def is_exact(version: str) -> bool:
    """Tell a version such as 17.11 from one that moves, such as 17 or latest."""
    return "." in version


def is_ahead(version: str, other: str) -> bool:
    """Tell whether an exact version is another one, or a newer one of the same major version."""
    number, minor = (int(part) for part in version.split("."))
    other_number, other_minor = (int(part) for part in other.split("."))
    return number == other_number and minor >= other_minor


def has(version: str, first: Mapping[int, int]) -> bool:
    """Tell whether an exact version has what each major version has from its `first` minor one."""
    number, minor = (int(part) for part in version.split("."))
    return number > max(first) or (number in first and minor >= first[number])


def listed(first: Mapping[int, int]) -> str:
    """Write the first minor versions: from 13.15, 14.12, ..."""
    return "from " + ", ".join(f"{number}.{minor}" for number, minor in first.items())
