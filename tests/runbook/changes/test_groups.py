"""What a change touches, for the groups of approvers and for what was changed since."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import groups
from runbook.changes.context import Context
from runbook.changes.orders import orders_of, touched
from runbook.changes.parts import DeclaredChange, Effect
from runbook.changes.records import Records, StoredApproval, StoredReview
from runbook.changes.review import Review
from runbook.changes.stores import Bucket, Folder
from runbook.drift.change import Change, Drift, Sort
from settings import parse
from tests.runbook.changes import samples

SETTINGS = parse(
    """
account: "123456789012"
access:
  author: {principals: ["arn:aws:iam::123456789012:role/developers"]}
  approver: {principals: ["arn:aws:iam::123456789012:role/leads"]}
  groups:
    mail: {items: [mail], principals: ["arn:aws:iam::123456789012:role/postmasters"]}
    payroll:
      items: [data/databases/payroll]
      principals: ["arn:aws:iam::123456789012:role/payroll"]
"""
)
ROLES = {"groundwork-approver-mail": "AROAMAIL", "groundwork-approver-payroll": "AROAPAYROLL"}


def of_database(name: str) -> Review:
    changed = samples.change(f"databases/{name}/instance", "RDS::DBInstance", Effect.CHANGE)
    return samples.review(samples.stack("data-us-east-1", changes=(changed,)))


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(groups, "_id", lambda role: ROLES.get(role, ""))
    caller = aws.Caller("123456789012", "arn:aws:iam::123456789012:user/bob", "AIDABOB")
    records = Records(Bucket(cast("Any", None), "records"), "AIDABOB")
    return Context(Console(file=io.StringIO()), SETTINGS, caller, records)


def missing(context: Context, review: Review, *approved_by: str) -> list[str]:
    found = StoredReview(review, "digest", "AROAAUTHOR:ann", "orders")
    approvals = [StoredApproval(cast("Any", None), who) for who in approved_by]
    return [*groups.missing(context, found, approvals)]


def test_a_group_is_asked_about_its_area_and_its_items_alone(context: Context) -> None:
    mail = samples.review(samples.stack("mail-us-east-1"), samples.stack("data-us-east-1"))
    assert missing(context, mail) == ["mail"]
    assert missing(context, of_database("payroll")) == ["payroll"]
    assert missing(context, of_database("archive-payroll")) == []


def test_a_group_is_asked_about_what_only_the_logical_id_tells(context: Context) -> None:
    """As by the state machine, to which another item's name may begin with theirs."""
    assert missing(context, of_database("payroll-archive")) == ["payroll"]


def test_a_group_is_heard_by_the_id_of_its_role(context: Context) -> None:
    review = of_database("payroll")
    assert missing(context, review, "AROALEADS:pat", "AROALEADS:AROAPAYROLL") == ["payroll"]
    assert missing(context, review, "AROALEADS:pat", "AROAPAYROLL:pat") == []


def test_a_group_that_is_not_deployed_yet_is_asked_by_nobody(
    context: Context, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    local = context._replace(records=Records(Folder(tmp_path), "AIDABOB"))
    assert missing(local, of_database("payroll")) == []
    monkeypatch.setattr(groups, "_id", lambda role: "")
    assert missing(context, of_database("payroll")) == []


def test_without_a_group_the_command_refuses_before_it_starts_the_execution(
    context: Context,
) -> None:
    found = StoredReview(of_database("payroll"), "digest", "AROAAUTHOR:ann", "orders")
    with pytest.raises(UserError, match="the group payroll has to approve") as raised:
        groups.refuse_missing(context, found, [])
    assert "groundwork-approver-payroll" in str(raised.value.advice)


def test_what_only_the_file_says_is_touched_too() -> None:
    said = DeclaredChange(item="senders/billing", effect=Effect.CHANGE)
    stack = samples.stack("test-mail-us-east-1-second", declared=(said,))
    assert touched(stack) == ("mail", "mail/senders/billing")


def test_services_are_called_as_in_the_file() -> None:
    changed = samples.change("services/web/cpu", "CloudWatch::Alarm", Effect.CHANGE)
    stack = samples.stack("services-us-east-1", changes=(changed,))
    assert touched(stack) == ("services", "services/web")


def test_the_orders_name_what_was_known_to_be_changed_of_what_is_there_and_changes() -> None:
    there = samples.change("buckets/reports/bucket", "S3::Bucket", Effect.CHANGE)
    gone = samples.change("buckets/gone/bucket", "S3::Bucket", Effect.DELETE)
    added = samples.change("buckets/new/bucket", "S3::Bucket", Effect.ADD)
    stack = samples.stack("backup-us-east-1", changes=(there, gone, added))
    known = [
        Change(stack=stack.name, region=stack.region, place=place, sort=sort, what=what)
        for place, sort, what in (
            (there.place, Sort.DATA, "VersioningConfiguration.Status"),
            (gone.place, Sort.DELETED, "S3::Bucket"),
            ("buckets/other/bucket", Sort.DATA, "VersioningConfiguration.Status"),
        )
    ]
    review = samples.review(stack, drift=Drift(changes=tuple(known)))
    (order,) = orders_of(review).stacks
    properties = f"{there.logical_id}.VersioningConfiguration.Status"
    assert order.drifted == tuple(sorted((gone.logical_id, properties)))
