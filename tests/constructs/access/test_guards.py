"""An execution that is stopped on AWS's side, before each of its steps: who guards its stacks then.

The deployed state machine gets a pause before each of its states, which an execution chooses by its
input. It is stopped there, and everything else is left to AWS: no code of ours runs.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from embedded import processes
from groundwork.access import stack_flow
from groundwork.access.calls import ELSEWHERE, Calls
from runbook.changes.guards import stack_policy
from settings.contract import ORDERS_FORMAT
from tests.constructs.access.conftest import QUEUE, RECORDS, REGION, Session, denied
from tests.constructs.access.test_execution import (
    BUCKET,
    MACHINE,
    Change,
    ended,
    order,
    policy_of,
    recorded,
    status_of,
    written,
)

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("access")]

GUARDS = MACHINE.replace("groundwork-execution", "groundwork-guards")
STEPS = (
    "Record the beginning",
    *(
        name
        for name, state in stack_flow.executing(Calls(REGION)).items()
        if state["Type"] in ("Task", "Wait") and not name.endswith(ELSEWHERE)
    ),
    "Record the end",
)
"""Every step of an update that calls AWS or waits, from before its beginning is recorded."""
EVERYTHING = json.loads(stack_flow.EVERYTHING)
TWO_QUEUES = {"Resources": {**BUCKET["Resources"], "Second": {"Type": "AWS::SQS::Queue"}}}


def stopped_at(states: dict[str, Any], mark: dict[str, Any]) -> dict[str, Any]:
    """Put a pause before each state, for the executions that ask for one there."""
    made: dict[str, Any] = {}
    for name, state in states.items():
        asked = f"$states.context.Execution.Input.pause = {json.dumps(name)}"
        pause, wait = f"Pause: {name}", f"Wait: {name}"
        choice = {"Condition": f"{{% {asked} %}}", "Next": pause}
        made[f"Before: {name}"] = {"Type": "Choice", "Choices": [choice], "Default": name}
        made[pause] = {**mark, "Output": "{% $states.input %}", "Next": wait}
        made[wait] = {"Type": "Wait", "Seconds": 300, "Next": name}
        made[name] = redirected(state)
        if inner := state.get("ItemProcessor"):
            paused = stopped_at(inner["States"], mark)
            processor = {"StartAt": f"Before: {inner['StartAt']}", "States": paused}
            made[name]["ItemProcessor"] = processor
    return made


def redirected(state: dict[str, Any]) -> dict[str, Any]:
    made = dict(state)
    for key in ("Next", "Default"):
        if key in made:
            made[key] = f"Before: {made[key]}"
    for key in ("Choices", "Catch"):
        if key in made:
            made[key] = [{**one, "Next": f"Before: {one['Next']}"} for one in made[key]]
    return made


class Stopped:
    """An update of a stack, or the creation of one, that is stopped before a step."""

    def __init__(self, author: Session, step: str, *, creates: bool = False) -> None:
        self.stack = f"data-us-east-1-{uuid.uuid4().hex[:8]}"
        self.author, self.step, self.creates = author, step, creates

    def start(self, administrator: Session, approver: Session) -> None:
        if not self.creates:
            administrator.execute(self.stack, administrator.prepare(self.stack, BUCKET))
        change_set = self.author.prepare(
            self.stack, TWO_QUEUES, kind="CREATE" if self.creates else "UPDATE"
        )
        lifted = json.dumps(stack_policy([]))
        told = order(self.stack, change_set, creates=self.creates, meanwhile=lifted)
        self.change = Change(self.author, told).approve(approver)
        given = {
            "format": ORDERS_FORMAT,
            "author": self.author.id,
            "approvers": [approver.id],
            "starter": self.change.asked(approver),
            "pause": self.step,
        }
        self.execution = approver.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, name=self.change.name, input=json.dumps(given)
        )["executionArn"]

    def stop(self, administrator: Session) -> None:
        self.pause(administrator)
        administrator.client("stepfunctions").stop_execution(executionArn=self.execution)
        self.guarded(administrator)

    def pause(self, administrator: Session) -> None:
        """Wait until it pauses."""
        s3, prefix = administrator.client("s3"), f"executions/paused/{self.change.name}"
        there = {"Bucket": RECORDS, "Prefix": prefix}
        assert processes.until(lambda: "Contents" in s3.list_objects_v2(**there), 60), self.step

    def guarded(self, administrator: Session) -> None:
        """Wait until what guards its stack has recorded so."""
        assert processes.until(lambda: "failed" in recorded(administrator, self.change), 60), (
            self.step
        )


@contextmanager
def pausing(administrator: Session, **fields: Any) -> Iterator[None]:
    """Deploy a state machine that can be told to pause, with other fields besides."""
    states = administrator.client("stepfunctions")
    definition = states.describe_state_machine(stateMachineArn=MACHINE)["definition"]
    deployed = json.loads(definition)
    mark = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Arguments": {
            "Bucket": RECORDS,
            "Key": "{% 'executions/paused/' & $states.context.Execution.Name %}",
            "Body": "here",
            "IfNoneMatch": "*",
        },
    }
    paused = {
        **deployed,
        "StartAt": f"Before: {deployed['StartAt']}",
        "States": stopped_at(deployed["States"], mark),
        **fields,
    }
    states.update_state_machine(stateMachineArn=MACHINE, definition=json.dumps(paused))
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=MACHINE, definition=definition)


@pytest.fixture(scope="module")
def every(administrator: Session, session: Any) -> Iterator[dict[str, Stopped]]:
    """Executions that were stopped before each step, by the step's name."""
    author, approver = session("author"), session("approver")
    found = {step: Stopped(author, step) for step in STEPS}
    found |= {
        f"creating, {step}": Stopped(author, step, creates=True)
        for step in ("Execute", "Look at the change set")
    }
    with pausing(administrator), ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda one: one.start(administrator, approver), found.values()))
        list(pool.map(lambda one: one.stop(administrator), found.values()))
        yield found


@pytest.mark.parametrize("step", STEPS)
def test_stopped_before_any_step_the_stack_is_guarded_and_recorded(
    step: str, every: dict[str, Stopped], administrator: Session
) -> None:
    one = every[step]
    states = administrator.client("stepfunctions")
    assert states.describe_execution(executionArn=one.execution)["status"] == "ABORTED"
    assert policy_of(administrator, one.stack) == EVERYTHING
    found = status_of(administrator, one.stack)
    assert found["EnableTerminationProtection"] is True
    assert not found["StackStatus"].endswith("_IN_PROGRESS")
    assert recorded(administrator, one.change)[-1] == "failed"
    last = written(administrator, one.change)[-1]
    assert last.message.startswith("It was stopped, and everything is")
    assert last.executed_by == "groundwork-guards"


def test_a_stack_whose_creation_was_not_begun_needs_no_guard(
    every: dict[str, Stopped], administrator: Session
) -> None:
    one = every["creating, Execute"]
    assert status_of(administrator, one.stack)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert recorded(administrator, one.change)[-1] == "failed"


def test_a_stack_that_was_being_created_is_guarded(
    every: dict[str, Stopped], administrator: Session
) -> None:
    one = every["creating, Look at the change set"]
    assert policy_of(administrator, one.stack) == EVERYTHING


def test_the_next_approved_change_lifts_the_guard_of_everything(
    every: dict[str, Stopped], administrator: Session, author: Session, approver: Session
) -> None:
    stack = every["Execute"].stack
    replaced = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": stack}}}
    template = {"Resources": {**BUCKET["Resources"], **replaced}}
    change_set = author.prepare(stack, template, kind="UPDATE")
    guard = json.dumps(stack_policy(["Bucket"]))
    told = order(stack, change_set, creates=False, meanwhile=guard, afterwards=guard)
    change = Change(author, told).approve(approver)
    assert change.executed(approver) == ("SUCCEEDED", "")
    assert policy_of(administrator, stack) == stack_policy(["Bucket"])


def test_people_are_told_of_an_execution_that_was_stopped(
    every: dict[str, Stopped], administrator: Session
) -> None:
    named = {"AlarmNames": ["groundwork-execution stopped"]}
    (alarm,) = administrator.client("cloudwatch").describe_alarms(**named)["MetricAlarms"]
    assert every
    assert alarm["StateValue"] == "ALARM"
    topic = alarm["AlarmActions"][0]
    found = administrator.client("sns").list_subscriptions_by_topic(TopicArn=topic)
    assert [one["Endpoint"] for one in found["Subscriptions"]] == ["sysadmin@example.org"]


def alarmed(administrator: Session, name: str) -> bool:
    cloudwatch = administrator.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return bool(alarm["StateValue"] == "ALARM")


@contextmanager
def otherwise(administrator: Session, machine: str, definition: dict[str, Any]) -> Iterator[None]:
    """Have a state machine do something else."""
    states = administrator.client("stepfunctions")
    deployed = states.describe_state_machine(stateMachineArn=machine)["definition"]
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(definition))
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=deployed)


def test_people_are_told_of_guards_that_fail(administrator: Session, approver: Session) -> None:
    assert not alarmed(administrator, "groundwork-guards failed")
    fails = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "NotGuarded"}}}
    with otherwise(administrator, GUARDS, fails):
        assert ended(administrator, TestGuardsAlone().start(approver, "any"))[0] == "FAILED"
    assert alarmed(administrator, "groundwork-guards failed")


def test_people_are_told_of_guards_that_are_stopped(
    administrator: Session, approver: Session
) -> None:
    assert not alarmed(administrator, "groundwork-guards stopped")
    waits = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 300, "End": True}}}
    with otherwise(administrator, GUARDS, waits):
        execution = TestGuardsAlone().start(approver, "any")
        administrator.client("stepfunctions").stop_execution(executionArn=execution)
    assert alarmed(administrator, "groundwork-guards stopped")


def test_people_are_told_of_guards_that_could_not_be_started(
    administrator: Session, author: Session, approver: Session
) -> None:
    """The role of EventBridge may not start them: somebody took its policy away."""
    assert not alarmed(administrator, "groundwork-guards not started")
    iam, events = administrator.client("iam"), administrator.client("events")
    (rule,) = (each["Name"] for each in events.list_rules()["Rules"] if "stopped" in each["Name"])
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    role = {"RoleName": target["RoleArn"].rpartition("/")[2]}
    nothing = {"Effect": "Deny", "Action": "states:StartExecution", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [nothing]})
    one = Stopped(author, "Execute")
    iam.put_role_policy(**role, PolicyName="nothing", PolicyDocument=policy)
    try:
        with pausing(administrator):
            one.start(administrator, approver)
            one.pause(administrator)
        administrator.client("stepfunctions").stop_execution(executionArn=one.execution)
        assert processes.until(lambda: alarmed(administrator, "groundwork-guards not started"), 30)
    finally:
        iam.delete_role_policy(**role, PolicyName="nothing")
    assert recorded(administrator, one.change) == ["begun"]


def test_an_execution_that_takes_too_long_is_ended_and_its_stack_guarded(
    administrator: Session, author: Session, approver: Session
) -> None:
    one = Stopped(author, "Execute")
    with pausing(administrator, TimeoutSeconds=5):
        one.start(administrator, approver)
        one.guarded(administrator)
    states = administrator.client("stepfunctions")
    assert states.describe_execution(executionArn=one.execution)["status"] == "TIMED_OUT"
    assert alarmed(administrator, "groundwork-execution timed out")
    assert policy_of(administrator, one.stack) == EVERYTHING
    assert status_of(administrator, one.stack)["EnableTerminationProtection"] is True


def test_where_the_event_is_lost_whoever_starts_the_guards_has_the_stack_guarded(
    administrator: Session, author: Session, approver: Session
) -> None:
    events = administrator.client("events")
    (rule,) = (each["Name"] for each in events.list_rules()["Rules"] if "stopped" in each["Name"])
    one = Stopped(author, "Execute")
    events.disable_rule(Name=rule)
    try:
        with pausing(administrator):
            one.start(administrator, approver)
            one.pause(administrator)
        administrator.client("stepfunctions").stop_execution(executionArn=one.execution)
    finally:
        events.enable_rule(Name=rule)
    assert policy_of(administrator, one.stack) == stack_policy([])
    assert recorded(administrator, one.change) == ["begun"]
    TestGuardsAlone().start(approver, one.change.name)
    one.guarded(administrator)
    assert policy_of(administrator, one.stack) == EVERYTHING


class TestGuardsAlone:
    def start(self, who: Session, review: str) -> str:
        started = who.client("stepfunctions").start_execution(
            stateMachineArn=GUARDS, input=json.dumps({"detail": {"name": review}})
        )
        return str(started["executionArn"])

    def test_an_execution_that_ended_by_itself_is_left_alone(
        self, administrator: Session, author: Session, approver: Session
    ) -> None:
        stack = f"data-us-east-1-{uuid.uuid4().hex[:8]}"
        change = Change(author, order(stack, author.prepare(stack, QUEUE))).approve(approver)
        assert change.executed(approver) == ("SUCCEEDED", "")
        before = policy_of(approver, stack)
        assert ended(administrator, self.start(approver, change.name)) == ("SUCCEEDED", "")
        assert policy_of(approver, stack) == before
        assert recorded(approver, change) == ["begun", "executed"]

    def test_one_that_was_refused_is_left_alone(
        self, administrator: Session, author: Session, approver: Session
    ) -> None:
        stack = f"data-us-east-1-{uuid.uuid4().hex[:8]}"
        change = Change(author, order(stack, author.prepare(stack, QUEUE)))
        change.approve(approver, orders="other")
        assert change.executed(approver)[0] == "FAILED"
        assert ended(administrator, self.start(approver, change.name)) == ("SUCCEEDED", "")
        assert not recorded(approver, change)

    def test_nobody_else_starts_it_and_nobody_stops_it(
        self, author: Session, approver: Session, reader: Session
    ) -> None:
        for who in (author, reader):
            assert denied(lambda: self.start(who, "any"))  # noqa: B023
        running = GUARDS.replace("stateMachine", "execution") + ":any"
        states = approver.client("stepfunctions")
        assert denied(lambda: states.stop_execution(executionArn=running))
