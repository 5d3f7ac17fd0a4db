"""An execution by the command that is killed, at each of its steps, and what repairs it."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient
from rich.console import Console

from embedded import processes
from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes import commands, direct, repair
from runbook.changes.alive import executing
from runbook.changes.context import Context
from runbook.changes.guards import stack_policy, unguarded
from runbook.changes.records import Records
from runbook.changes.review import ExecutionStatus
from runbook.changes.stores import Folder
from settings import parse
from tests.killing import executions_killed_after_effects
from tests.runbook.changes.approving import APPROVER, BOB, ONE_PERSON, saved
from tests.runbook.changes.stacks import TOPIC, bucket, buckets, deploy, prepare, stack_of
from tests.runbook.conftest import ACCOUNT, REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class Dead(BaseException):
    """The process was killed: whatever it calls from now on has no effect."""


class Dying:
    """Lets a process have so many effects, calls of AWS and files, and then none."""

    READS = ("Describe", "Detect", "Get", "Head", "List")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, effects: int) -> None:
        self.left = effects
        call, write = BaseClient._make_api_call, Folder.write  # type: ignore[attr-defined]

        def calls(client: BaseClient, operation: str, given: object) -> object:
            self.live(effect=not operation.startswith(self.READS))
            return call(client, operation, given)

        def writes(folder: Folder, name: str, text: str) -> None:
            self.live(effect=True)
            write(folder, name, text)

        monkeypatch.setattr(BaseClient, "_make_api_call", calls)
        monkeypatch.setattr(Folder, "write", writes)

    def live(self, *, effect: bool) -> None:
        self.left -= effect
        if self.left < 0:
            raise Dead


@pytest.fixture
def local(tmp_path: Path) -> Context:
    """An account without `access`: the command executes, and has its records on this machine."""
    console = Console(file=io.StringIO(), width=120)
    records = Records(Folder(tmp_path / "here"), BOB)
    return Context(console, parse(ONE_PERSON), aws.Caller(ACCOUNT, APPROVER, BOB), records)


STEPS = ("begun", "lifted", "executed", "protected", "guarded")
"""The effects of an execution by the command, in order; its last one is the record of the end."""
CREATING = "creating"
"""A new stack, which nothing guards when its execution is killed after the call for it."""


@pytest.fixture(scope="module")
def killed(
    account: str, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Context, str, str]]:
    """Executions that were killed, each one effect later: of a bucket that is replaced, or made.

    Each with its stack and its review. All that is left of a process is what it left behind.
    """
    folder = tmp_path_factory.mktemp("killed")
    (folder / "groundwork.yaml").write_text(ONE_PERSON)
    records = Records(Folder(folder / "records" / account), BOB)
    context = Context(
        Console(file=io.StringIO(), width=120),
        parse(ONE_PERSON),
        aws.Caller(account, APPROVER, BOB),
        records,
    )
    found: list[tuple[Context, str, str]] = []
    effects: dict[str, int] = {}
    for step in ("nothing", *STEPS, CREATING):
        name = f"killed-after-{step}"
        if step != CREATING:
            deploy(name, {"Moved": bucket(name), "Kept": bucket(f"{name}-kept")})
        review = prepare(
            stack_of(name, {"Moved": bucket(f"{name}-new"), "Kept": bucket(f"{name}-kept")})
        )
        identifier = saved(context, review)
        commands.approve(context, identifier, review.guarded, None)
        effects[identifier] = 2 if step == CREATING else len(found)
        found.append((context, name, identifier))
    executions_killed_after_effects(folder / "groundwork.yaml", folder, effects)
    return found


@pytest.mark.parametrize("effects", range(len(STEPS) + 2))
def test_killed_at_any_step_it_leaves_the_guards_up_and_a_record_and_goes_on(
    killed: list[tuple[Context, str, str]], effects: int
) -> None:
    """By kill -9. No command comes before the watchdog is done; then one goes on where it was."""
    context, name, identifier = killed[effects]
    client, review = aws.cloudformation(REGION), context.records.review(identifier).review
    expected = [ExecutionStatus.BEGUN, ExecutionStatus.FAILED] if effects else []

    def is_recorded() -> bool:
        return [each.status for each in context.records.executions(review)] == expected

    assert processes.until(is_recorded, 60)
    assert _is_over(client, name)
    assert not unguarded(client, name)
    assert client.describe_stacks(StackName=name)["Stacks"][0]["EnableTerminationProtection"]
    commands.run(context, identifier)
    assert name not in buckets()
    assert {f"{name}-new", f"{name}-kept"} <= buckets()
    assert not unguarded(client, name)
    assert context.records.executions(review)[-1].status is ExecutionStatus.DONE


@pytest.mark.parametrize("effects", range(2, 4))
def test_without_the_watchdog_the_next_command_puts_the_guard_back_whatever_it_is(
    local: Context, name: str, effects: int
) -> None:
    """Of a run that was killed after it had lifted the guard, and whose end nobody waits for."""
    deploy(name, {**TOPIC, "Gone": bucket(name), "Kept": bucket(f"{name}-kept")})
    review = prepare(stack_of(name, {**TOPIC, "Kept": bucket(f"{name}-kept")}))
    identifier = saved(local, review)
    commands.approve(local, identifier, review.guarded, None)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(direct, "watching_over", lambda *_: nullcontext())
        Dying(monkeypatch, effects)
        with pytest.raises(Dead):
            commands.run(local, identifier)
    client = aws.cloudformation(REGION)
    assert processes.until(lambda: _is_over(client, name), 60)
    repair.put_back(local.console, local.caller, local.records)
    assert not unguarded(client, name)
    assert local.records.executions(review)[-1].status is not ExecutionStatus.DONE


def _is_over(client: CloudFormationClient, name: str) -> bool:
    status = client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    return not status.endswith("_IN_PROGRESS")


def test_an_execution_that_is_alive_is_left_alone(
    local: Context, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudFormation works on its stack: the policy that it lifted is needed."""
    deploy(name, {**TOPIC, "Gone": bucket(name)})
    identifier = saved(local, prepare(stack_of(name, TOPIC)))
    direct._record(local, local.records.review(identifier), (), ExecutionStatus.BEGUN)
    client = aws.cloudformation(REGION)
    client.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(stack_policy(())))
    running: Any = {"StackStatus": "UPDATE_IN_PROGRESS"}
    monkeypatch.setattr(repair, "find_stack", lambda *_: running)
    assert repair.put_back(local.console, local.caller, local.records)
    assert unguarded(client, name) == ("Gone",)


def test_another_command_lets_the_guards_of_an_execution_that_is_alive_be(
    local: Context, name: str
) -> None:
    """Also between the lifting of a guard and CloudFormation's beginning."""
    deploy(name, {**TOPIC, "Gone": bucket(name)})
    identifier = saved(local, prepare(stack_of(name, TOPIC)))
    direct._record(local, local.records.review(identifier), (), ExecutionStatus.BEGUN)
    client = aws.cloudformation(REGION)
    client.set_stack_policy(StackName=name, StackPolicyBody=json.dumps(stack_policy(())))
    folder = local.records.store
    assert isinstance(folder, Folder)
    with executing(folder, [name]):
        assert repair.put_back(local.console, local.caller, local.records)
        with pytest.raises(UserError, match=f"Another command executes a change of {name}"):
            commands.discard(local, identifier)
        assert unguarded(client, name) == ("Gone",)
    repair.put_back(local.console, local.caller, local.records)
    assert not unguarded(client, name)


def test_two_executions_at_once_are_one(local: Context, name: str) -> None:
    deploy(name, {**TOPIC, "Gone": bucket(name), "Kept": bucket(f"{name}-kept")})
    review = prepare(stack_of(name, {**TOPIC, "Kept": bucket(f"{name}-kept")}))
    identifier = saved(local, review)
    commands.approve(local, identifier, review.guarded, None)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(commands.run, _beside(local), identifier) for _ in range(2)]
    for each in both:
        each.result()
    assert {one.status for one in local.records.executions(review)} == {
        ExecutionStatus.BEGUN,
        ExecutionStatus.DONE,
    }
    assert name not in buckets()
    assert not unguarded(aws.cloudformation(REGION), name)


def _beside(context: Context) -> Context:
    """The same, in another terminal."""
    return context._replace(console=Console(file=io.StringIO(), width=120))


def test_discarding_what_a_killed_run_left_puts_the_guard_back(local: Context, name: str) -> None:
    deploy(name, {**TOPIC, "Gone": bucket(name)})
    identifier = saved(local, prepare(stack_of(name, TOPIC)))
    direct._record(local, local.records.review(identifier), (), ExecutionStatus.BEGUN)
    client = aws.cloudformation(REGION)
    lifted = json.dumps(stack_policy(()))
    client.set_stack_policy(StackName=name, StackPolicyBody=lifted)
    commands.discard(local, identifier)
    found = client.get_stack_policy(StackName=name)["StackPolicyBody"]
    assert json.loads(found) == stack_policy(["Gone"])
