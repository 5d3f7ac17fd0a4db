"""Taking drift back, when two people do it at once, and when one was interrupted."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.prepare import Preparation, now, review
from runbook.changes.review import Review
from runbook.drift import revert
from tests.runbook.changes.stacks import Made, bucket, deploy, run, stack_of

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


def versioning(name: str) -> Any:
    s3 = boto3.client("s3", config=aws.CONFIG)
    return s3.get_bucket_versioning(Bucket=name).get("Status")


@pytest.fixture
def drifted(name: str) -> Any:
    """A stack with a bucket that keeps versions, which somebody suspended."""
    template = {"Bucket": bucket(name)}
    template["Bucket"]["Properties"]["VersioningConfiguration"] = {"Status": "Enabled"}
    deploy(name, template)
    boto3.client("s3", config=aws.CONFIG).put_bucket_versioning(
        Bucket=name, VersioningConfiguration={"Status": "Suspended"}
    )
    return Made([stack_of(name, template)])


def taking_back(made: Any, name: str) -> Review:
    preparation = Preparation.of(made, now())
    stacks = [*revert._change_sets(preparation, [name])]
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


def test_once_it_is_taken_back_nothing_is_left_to_prepare(drifted: Any, name: str) -> None:
    run(taking_back(drifted, name))
    assert taking_back(drifted, name).changed == ()
