"""What `version: latest` means: the one place to raise it.

The newest version of each engine that the pinned cfn-lint and the CDK's validation both know. A
test compares, so that an upgrade of the packages shows here, in a review, and then in the change
set. RDS refuses a change of the major version unless the item has `major_upgrade: true`.
"""

from __future__ import annotations

LATEST = {"aurora-postgresql": "18.4", "postgres": "18.6"}


def resolve(engine: str, version: str) -> str:
    """Return the version to run: the one named, or the newest known."""
    return LATEST[engine] if version == "latest" else version


def parameter_group_family(engine: str, version: str) -> str:
    """Return the family that the parameter group of a version has to be of, as in postgres18."""
    return engine + version.partition(".")[0]
