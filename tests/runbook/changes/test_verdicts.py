"""Every verdict of a review, compared with what is there after its execution."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.changes.observe import observations
from runbook.changes.outcome import Undo, undo
from runbook.changes.parts import Effect, Expiry, Reason, ResourceChange, Verdict
from runbook.changes.prepare import now
from runbook.changes.review import StackAction
from tests.runbook.changes import samples
from tests.runbook.changes.stacks import (
    TOPIC,
    Resources,
    bucket,
    buckets,
    deploy,
    only,
    prepare,
    run,
    stack_of,
)

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def test_a_new_stack_is_created_with_everything_added(name: str) -> None:
    prepared = prepare(stack_of(name, {"Bucket": bucket(name)}))
    stack = only(prepared)
    assert stack.action is StackAction.CREATE
    assert [(change.effect, change.verdict) for change in stack.changes] == [(Effect.ADD, None)]
    assert name not in buckets()
    run(prepared)
    assert name in buckets()


def test_an_unchanged_stack_has_no_change_set(name: str) -> None:
    deploy(name, TOPIC)
    prepared = prepare(stack_of(name, TOPIC))
    assert only(prepared).action is StackAction.NOTHING
    assert prepared.changed == ()


def test_a_changed_property_is_shown_before_and_after(name: str) -> None:
    deploy(name, TOPIC)
    changed: Resources = {
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "two"}}
    }
    change = only(prepare(stack_of(name, changed))).changes[0]
    assert change.effect is Effect.CHANGE
    assert [(d.path, d.before, d.after) for d in change.differences] == [
        ("Properties.DisplayName", "one", "two")
    ]
    assert undo(change) is Undo.FREE


def test_a_change_that_keeps_the_resource_keeps_its_data(name: str) -> None:
    deploy(name, {"Bucket": bucket(name)})
    versioned = bucket(name)
    versioned["Properties"]["VersioningConfiguration"] = {"Status": "Enabled"}
    prepared = prepare(stack_of(name, {"Bucket": versioned}))
    assert only(prepared).changes[0].verdict is Verdict.KEPT
    assert prepared.guarded == ()
    run(prepared)
    assert name in buckets()


@pytest.mark.parametrize(
    ("policy", "verdict", "remains"),
    [("Delete", Verdict.LOST, False), ("Retain", Verdict.KEPT, True), (None, Verdict.LOST, False)],
)
def test_a_replaced_bucket_goes_as_its_update_replace_policy_says(
    name: str, policy: str | None, verdict: Verdict, remains: bool
) -> None:
    attributes = {"UpdateReplacePolicy": policy} if policy else {}
    deploy(name, {"Bucket": bucket(name, **attributes)})
    prepared = prepare(stack_of(name, {"Bucket": bucket(f"{name}-2", **attributes)}))
    change = only(prepared).changes[0]
    assert (change.effect, change.verdict) == (Effect.REPLACE, verdict)
    run(prepared, lifted=prepared.guarded)
    assert f"{name}-2" in buckets()
    assert (name in buckets()) is remains


@pytest.mark.parametrize(
    ("policy", "effect", "verdict", "remains"),
    [
        ("Delete", Effect.DELETE, Verdict.LOST, False),
        ("Retain", Effect.RETAIN, Verdict.KEPT, True),
        ("RetainExceptOnCreate", Effect.RETAIN, Verdict.KEPT, True),
    ],
)
def test_a_removed_bucket_goes_as_its_deletion_policy_says(
    name: str, policy: str, effect: Effect, verdict: Verdict, remains: bool
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name, DeletionPolicy=policy)})
    prepared = prepare(stack_of(name, TOPIC))
    change = only(prepared).changes[0]
    assert (change.effect, change.verdict) == (effect, verdict)
    run(prepared, lifted=prepared.guarded)
    assert (name in buckets()) is remains


def _database(name: str, **attributes: str) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t3.micro",
            "Engine": "postgres",
            "AllocatedStorage": "20",
            "MasterUsername": "owner",
            "MasterUserPassword": "only-in-this-test",
        },
        **attributes,
    }


@pytest.mark.parametrize("attributes", [{"DeletionPolicy": "Snapshot"}, {}])
def test_a_removed_database_leaves_a_snapshot(name: str, attributes: dict[str, str]) -> None:
    deploy(name, {**TOPIC, "Database": _database(name, **attributes)})
    prepared = prepare(stack_of(name, TOPIC))
    change = only(prepared).changes[0]
    assert (change.effect, change.verdict) == (Effect.DELETE, Verdict.SNAPSHOT)
    assert undo(change) is Undo.RESTORE
    run(prepared, lifted=prepared.guarded)
    snapshots = boto3.client("rds").describe_db_snapshots()["DBSnapshots"]
    assert name in {snapshot["DBInstanceIdentifier"] for snapshot in snapshots}


def test_a_protected_database_stays_behind_and_is_said_to(name: str) -> None:
    protected = _database(name, DeletionPolicy="Snapshot")
    protected["Properties"]["DeletionProtection"] = True
    deploy(name, {**TOPIC, "Database": protected})
    prepared = prepare(stack_of(name, TOPIC))
    change = only(prepared).changes[0]
    assert (change.effect, change.verdict) == (Effect.DELETE, Verdict.PROTECTED)
    assert undo(change) is Undo.IMPORT
    events = run(prepared, lifted=prepared.guarded)
    assert "Database" in {event.logical_id for event in events if event.status == "DELETE_FAILED"}
    found = boto3.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    assert found[0]["DeletionProtection"] is True


def test_what_a_shorter_expiry_deletes_is_counted_in_the_bucket(name: str) -> None:
    def expiring(days: int) -> Resources:
        rules = [{"Id": "expiry", "Status": "Enabled", "ExpirationInDays": days}]
        made = bucket(name)
        made["Properties"]["LifecycleConfiguration"] = {"Rules": rules}
        return {"Bucket": made}

    deploy(name, expiring(30))
    client = boto3.client("s3", config=aws.CONFIG)
    for number in range(3):
        client.put_object(Bucket=name, Key=f"backup-{number}", Body=b"x" * 1024)
    prepared = prepare(stack_of(name, expiring(1)))
    stack = only(prepared)
    assert stack.changes[0].verdict is Verdict.EXPIRES
    assert prepared.guarded == (f"{name}/Bucket",)
    assert [o.text for o in stack.observations] == [
        "0 objects, 0 bytes, are older than the new limit"
    ]
    later = now() + timedelta(days=2)
    assert [o.text for o in observations(stack, later)] == [
        "3 objects, 3 KiB, are older than the new limit"
    ]
    client.put_object(Bucket=name, Key="one-more", Body=b"x")
    run(prepared)


def test_an_older_version_counts_from_what_took_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version(key: str, days: int, *, latest: bool = False) -> dict[str, object]:
        moment = now() - timedelta(days=days)
        return {"Key": key, "LastModified": moment, "IsLatest": latest, "Size": days}

    page = {
        "Versions": [
            version("overwritten", 10, latest=True),
            version("overwritten", 40),
            version("overwritten", 50),
            version("deleted", 100),
        ],
        "DeleteMarkers": [version("deleted", 1, latest=True)],
    }
    pages = SimpleNamespace(paginate=lambda **_: [page])
    client = SimpleNamespace(get_paginator=lambda _: pages)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    stack = samples.stack("backup-us-east-1", changes=(expiring("bucket", days=30),))
    (found,) = observations(stack, now())
    assert found.text == "1 older version, 50 bytes, is older than the new limit"


def expiring(name: str, *, days: int) -> ResourceChange:
    """Return a change by which older versions in a bucket are deleted after some days."""
    change = samples.change("buckets/gone", "S3::Bucket", Effect.CHANGE, Verdict.EXPIRES)
    reason = Reason(text="x", expiry=Expiry(prefix="", days=days, noncurrent=True))
    return change.model_copy(update={"physical_id": name, "reasons": (reason,)})


def test_what_cannot_be_counted_is_said(name: str) -> None:
    stack = samples.stack("backup-us-east-1", changes=(expiring(name, days=1),))
    (found,) = observations(stack, now())
    assert "cannot be counted" in found.text


def test_a_password_is_not_shown(name: str) -> None:
    deploy(name, {"Database": _database(name)})
    changed = _database(name)
    changed["Properties"]["MasterUserPassword"] = "another-of-this-test"
    change = only(prepare(stack_of(name, {"Database": changed}))).changes[0]
    assert "of-this-test" not in change.model_dump_json()
    assert "in-this-test" not in change.model_dump_json()
    assert [difference.path for difference in change.differences] == [
        "Properties.MasterUserPassword"
    ]


def test_a_replacement_that_only_execution_decides_is_told_apart_from_a_certain_one(
    name: str,
) -> None:
    deploy(name, {"Database": _database(name, UpdateReplacePolicy="Snapshot")})
    changed = _database(name, UpdateReplacePolicy="Snapshot")
    changed["Properties"]["BackupRetentionPeriod"] = 7
    prepared = prepare(stack_of(name, {"Database": changed}))
    change = only(prepared).changes[0]
    assert (change.effect, change.verdict) == (Effect.MAY_REPLACE, Verdict.KEPT)
    assert change.refused, "its name stays, so it cannot be replaced"
    assert prepared.guarded == ()


def test_a_security_group_that_is_opened_is_an_opening_gained(name: str) -> None:
    def group(*sources: str) -> Resources:
        rules = [
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": source}
            for source in sources
        ]
        properties = {"GroupDescription": "test", "SecurityGroupIngress": rules}
        return {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}

    deploy(name, group("192.0.2.0/24"))
    network = only(prepare(stack_of(name, group("0.0.0.0/0")))).network
    assert [(grant.holder, grant.allows) for grant in network.gained] == [("0.0.0.0/0", "tcp 5432")]
    assert network.lost == (), "the whole internet is also who was let in before"


def test_a_policy_that_allows_more_is_a_permission_gained(name: str) -> None:
    def policy(*actions: str) -> Resources:
        document = {"Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]}
        properties = {"PolicyDocument": {"Version": "2012-10-17", **document}}
        return {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}

    deploy(name, policy("s3:GetObject"))
    permissions = only(prepare(stack_of(name, policy("s3:GetObject", "s3:PutObject")))).permissions
    assert [grant.allows for grant in permissions.gained] == ["s3:PutObject"]
    assert permissions.lost == ()
