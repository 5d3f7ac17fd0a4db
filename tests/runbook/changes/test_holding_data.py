"""What holds data, type by type: nothing of it may go without a word."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.changes.parts import Effect, Verdict
from runbook.changes.verdict import HOLDS_DATA, holds_data, verdict

TYPES = {
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


def resource(kind: str, **fields: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {}, **fields}


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_what_holds_data_is_lost_when_it_is_deleted(kind: str) -> None:
    deleted = resource(kind, DeletionPolicy="Delete")
    assert verdict(Effect.DELETE, deleted, None) is Verdict.LOST
    assert verdict(Effect.REPLACE, deleted, resource(kind)) is Verdict.LOST
    assert verdict(Effect.CHANGE, deleted, resource(kind)) is Verdict.KEPT


def test_the_types_that_hold_data_are_these() -> None:
    assert HOLDS_DATA == TYPES


def test_an_instance_of_a_cluster_holds_no_data() -> None:
    member = {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": "common"}}
    assert not holds_data(member)
    assert verdict(Effect.DELETE, member, None) is None
