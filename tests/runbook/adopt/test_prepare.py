"""Import change sets of a bucket that was made by hand: small and large, twice, and refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from runbook.adopt import commands, prepare
from runbook.adopt.item import Item, Live
from runbook.adopt.options import Options
from runbook.base import aws
from runbook.base.assembly import Stack
from runbook.base.errors import UserError
from runbook.changes.context import Context
from runbook.changes.parts import Effect
from runbook.changes.prepare import Preparation, now, review
from runbook.changes.review import Review
from settings.plan import StackId
from settings.values.areas import Area
from tests.runbook.changes.stacks import run, stack_of
from tests.runbook.changes.test_locks import ANN, BOB, of
from tests.runbook.conftest import ACCOUNT, REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


@dataclass
class Made:
    """An assembly of one stack, whose template lies in a folder."""

    stacks: list[Stack]
    directory: Path
    account: str = ACCOUNT


@pytest.fixture
def made(name: str, tmp_path: Path) -> Any:
    """A stack that declares a bucket, which somebody has made by hand already."""
    boto3.client("s3", config=aws.CONFIG).create_bucket(Bucket=name)
    stack = StackId(Area.BACKUP, REGION, f"part-{name[-6:]}").name
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": name},
        "DeletionPolicy": "Retain",
        "Metadata": {"aws:cdk:path": f"{stack}/buckets/{name}/bucket/Resource"},
    }
    template = {"Resources": {"Bucket": bucket}}
    (tmp_path / f"{stack}.template.json").write_text(json.dumps(template))
    return Made([stack_of(stack, template["Resources"])], tmp_path)


def imported(made: Any, name: str) -> Review:
    live = Live("AWS::S3::Bucket", name, {"BucketName": name}, f"buckets/{name}")
    item = Item(("backup", "buckets", name), REGION, {}, (live,))
    preparation = Preparation.of(made, now())
    stacks = prepare.change_sets_for(preparation, [item])
    assert [*prepare.left([item], stacks)] == []
    assert [one.review.role for one in stacks] == [made.stacks[0].execution_role]
    return review(
        made,
        [one.review for one in stacks],
        name=preparation.name,
        configuration="test.yaml",
        prepared_by="ann",
        now=now(),
    )


def held(made: Any) -> list[str]:
    """What the stack has."""
    client = boto3.client("cloudformation")
    found = client.list_stack_resources(StackName=made.stacks[0].name)
    return [item["PhysicalResourceId"] for item in found["StackResourceSummaries"]]


def test_a_template_that_is_too_long_for_the_call_goes_through_the_bucket_of_the_others(
    made: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MOST_BYTES", 10)
    found = imported(made, name)
    assert [change.effect for change in found.stacks[0].changes] == [Effect.IMPORT]
    run(found)
    assert held(made) == [name]


def test_where_it_may_not_go_both_ways_out_are_said(
    made: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MOST_BYTES", 10)
    (stack,) = made.stacks
    nowhere = stack.template_url.replace("templates-of-the-tests", "there-is-none")
    made.stacks = [Stack(**{**vars(stack), "template_url": nowhere})]
    with pytest.raises(UserError, match="more than the 10 of a call") as refused:
        imported(made, name)
    assert "--only" in refused.value.advice


def test_of_two_imports_that_are_prepared_at_once_one_is_executed(made: Any, name: str) -> None:
    first, second = imported(made, name), imported(made, name)
    run(first)
    with pytest.raises(UserError, match="Prepare and review again"):
        run(second)
    assert held(made) == [name]


def test_an_import_that_was_killed_before_its_review_is_prepared_again(
    made: Any, name: str
) -> None:
    imported(made, name)  # its change set and its empty stack stay, and no record of them
    run(imported(made, name))
    assert held(made) == [name]


class TestLocks:
    """Ann has a review of the stack open, and Bob adopts what comes into it."""

    @pytest.fixture
    def review(self, made: Any, name: str, tmp_path: Path) -> Review:
        found = imported(made, name)
        of(tmp_path, ANN).records.save_review(found)
        return found

    def adopt(self, made: Any, name: str, folder: Path, *, replace: bool = False) -> Review:
        live = Live("AWS::S3::Bucket", name, {"BucketName": name}, f"buckets/{name}")
        item = Item(("backup", "buckets", name), REGION, {}, (live,))
        options = Options(folder / "groundwork.yaml", folder, replace=replace)
        context = of(folder, BOB)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Context, "at", lambda *_: context)
            return commands.import_all(context.console, made, [item], options)

    def test_an_import_is_refused_while_somebody_elses_review_is_open(
        self, made: Any, name: str, review: Review, tmp_path: Path
    ) -> None:
        with pytest.raises(UserError, match=f"review {review.id} by ann is open until") as refused:
            self.adopt(made, name, tmp_path)
        assert "--replace" in refused.value.advice

    def test_an_import_that_replaces_it_discards_it(
        self, made: Any, name: str, review: Review, tmp_path: Path
    ) -> None:
        run(self.adopt(made, name, tmp_path, replace=True))
        assert held(made) == [name]
        with pytest.raises(UserError):
            run(review)
