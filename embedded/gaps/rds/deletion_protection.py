"""Deletion protection of databases."""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A protected instance or cluster is not deleted: the stack's deletion fails.",
    page=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
        "USER_DeleteInstance.html#USER_DeleteInstance.DeletionProtection"
    ),
    ministack="It deletes it.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Refuse to delete what is protected."""
    extend("AWS::RDS::DBInstance", check_deletion=_instance)
    extend("AWS::RDS::DBCluster", check_deletion=_cluster)


def _instance(identifier: str) -> None:
    _refuse(service("rds")._instances.get(identifier), "DB Instance")


def _cluster(identifier: str) -> None:
    _refuse(service("rds")._clusters.get(identifier), "Cluster")


def _refuse(record: dict[str, Any] | None, kind: str) -> None:
    if record and record.get("DeletionProtection"):
        raise ValueError(
            f"Cannot delete protected {kind}, please disable deletion protection and try again."
        )
