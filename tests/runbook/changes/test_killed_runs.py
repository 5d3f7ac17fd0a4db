"""What an execution leaves that was killed, and who puts it right."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runbook.base import aws
from runbook.changes import commands
from runbook.changes.context import Context
from runbook.changes.guards import stack_policy
from runbook.changes.records import Records
from runbook.changes.review import ExecutionStatus
from runbook.changes.stores import Folder
from tests.runbook.changes.approving import BOB, saved
from tests.runbook.changes.stacks import TOPIC, bucket, buckets, deploy, prepare, stack_of
from tests.runbook.conftest import REGION

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


KILLED = """
import os, signal, sys
from runbook.changes import execute
from runbook.changes.review import Review

review = Review.model_validate_json(sys.stdin.read())
step = sys.argv[1]
pristine = getattr(execute, step)

def then_die(*arguments, **options):
    if step == "_run":
        client, stack = arguments[:2]
        client.execute_change_set(StackName=stack.stack_id, ChangeSetName=stack.change_set)
    else:
        pristine(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(execute, step, then_die)
execute.execute(review, lambda event: None, lifted=review.leaving)
"""


@pytest.mark.parametrize("step", ["_guard", "_run"])
def test_a_run_that_is_killed_leaves_a_record_and_the_next_one_repairs(
    context: Context, name: str, step: str
) -> None:
    deploy(name, {**TOPIC, "Gone": bucket(name), "Kept": bucket(f"{name}-kept")})
    review = prepare(stack_of(name, {**TOPIC, "Kept": bucket(f"{name}-kept")}))
    identifier = saved(context, review)
    commands.approve(context, identifier, review.guarded, None)
    commands._record(context, context.records.review(identifier), (), ExecutionStatus.BEGUN)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, step], input=review.text(), text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert [one.status for one in context.records.executions(review)] == [ExecutionStatus.BEGUN]
    commands.run(context, identifier)
    assert name not in buckets()
    found = aws.cloudformation(REGION).get_stack_policy(StackName=name)["StackPolicyBody"]
    assert json.loads(found)["Statement"][1]["Resource"] == ["LogicalResourceId/Kept"]


def test_discarding_what_a_killed_run_left_puts_the_guard_back(
    tmp_path: Path, context: Context, name: str
) -> None:
    here = context._replace(records=Records(Folder(tmp_path / "here"), BOB))
    deploy(name, {**TOPIC, "Gone": bucket(name)})
    identifier = saved(here, prepare(stack_of(name, TOPIC)))
    commands._record(here, here.records.review(identifier), (), ExecutionStatus.BEGUN)
    client = aws.cloudformation(REGION)
    lifted = json.dumps(stack_policy(()))
    client.set_stack_policy(StackName=name, StackPolicyBody=lifted)
    commands.discard(here, identifier)
    found = client.get_stack_policy(StackName=name)["StackPolicyBody"]
    assert json.loads(found) == stack_policy(["Gone"])
