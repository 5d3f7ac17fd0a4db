"""Taking drift back, when two people do it at once, and when one was interrupted."""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from rich.console import Console

from runbook.base import aws, project
from runbook.base.assembly import Stack
from runbook.base.errors import UserError
from runbook.changes.context import Context
from runbook.changes.events import Event
from runbook.changes.execute import execute
from runbook.changes.prepare import Preparation, now, review
from runbook.changes.render import terminal
from runbook.changes.review import Review
from runbook.drift import revert
from runbook.drift.change import Drift
from tests.runbook.changes.stacks import Made, bucket, deploy, run, stack_of
from tests.runbook.conftest import REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def versioning(name: str) -> Any:
    s3 = boto3.client("s3", config=aws.CONFIG)
    return s3.get_bucket_versioning(Bucket=name).get("Status")


def suspended(name: str, *depends_on: str) -> Stack:
    """A stack with a bucket that keeps versions, which somebody suspended."""
    template = {"Bucket": bucket(name)}
    template["Bucket"]["Properties"]["VersioningConfiguration"] = {"Status": "Enabled"}
    deploy(name, template)
    boto3.client("s3", config=aws.CONFIG).put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Suspended"}
    )
    return stack_of(name, template, depends_on=depends_on)


@pytest.fixture
def drifted(name: str) -> Any:
    return Made([suspended(name)])


def taking_back(made: Any, *names: str) -> Review:
    preparation = Preparation.of(made, now())
    stacks = [*revert._change_sets(preparation, names)]
    assert {stack.role for stack in stacks} <= {made.stacks[0].execution_role}
    return review(
        made,
        stacks,
        name=preparation.name,
        configuration="test.yaml",
        prepared_by="ann",
        now=now(),
    )


def test_of_two_at_once_one_takes_it_back_and_the_other_is_refused(drifted: Any, name: str) -> None:
    first, second = taking_back(drifted, name), taking_back(drifted, name)
    run(first)
    assert versioning(name) == "Enabled"
    with pytest.raises(UserError, match="Prepare and review again"):
        run(second)


def test_what_was_interrupted_before_its_record_is_prepared_again(drifted: Any, name: str) -> None:
    taking_back(drifted, name)  # its change set stays, and no record of it
    run(taking_back(drifted, name))
    assert versioning(name) == "Enabled"


def test_interrupted_before_its_record_it_leaves_no_change_set(
    drifted: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, context, found = taking_back(drifted, name), Mock(), Drift()
    monkeypatch.setattr(Context, "at", lambda *_: context)
    monkeypatch.setattr(project, "synthesize", lambda *_: drifted)
    monkeypatch.setattr(revert, "preparing", lambda *_, **__: nullcontext(context.save))
    monkeypatch.setattr(revert, "_review", lambda *_: made)
    monkeypatch.setattr(terminal, "present", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        revert.prepare(Console(file=io.StringIO()), found, Path("groundwork.yaml"), Path("state"))
    left = aws.cloudformation(REGION).list_change_sets(StackName=name)["Summaries"]
    assert made.changed[0].change_set not in {one["ChangeSetId"] for one in left}
    context.save.assert_not_called()


class KilledError(BaseException):
    """The command is gone, and nothing of it runs any more."""


def test_an_execution_that_ends_between_two_stacks_takes_the_second_back_when_it_runs_again(
    name: str,
) -> None:
    names = f"{name}-a", f"{name}-b"
    stacks = [suspended(names[0]), suspended(names[1], names[0])]
    prepared = taking_back(Made(stacks), *names)

    def watch(event: Event) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        execute(prepared, watch)
    assert versioning(names[1]) == "Suspended"
    run(prepared)
    assert [versioning(each) for each in names] == ["Enabled", "Enabled"]


def test_once_it_is_taken_back_nothing_is_left_to_prepare(drifted: Any, name: str) -> None:
    run(taking_back(drifted, name))
    assert taking_back(drifted, name).changed == ()
