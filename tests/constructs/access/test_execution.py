"""The state machine that executes, tried with the roles' own credentials and no code of ours.

Each attack is somebody's who has one role and starts, records and approves as the role may.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from groundwork.access.contents import DAY_MILLISECONDS
from runbook.changes.guards import stack_policy
from runbook.changes.orders import Orders, StackOrder, checksum
from runbook.changes.review import Execution
from settings.contract import KEEP_DATA, ORDERS_FORMAT
from tests.constructs.access.conftest import (
    ACCOUNT,
    QUEUE,
    RECORDS,
    REGION,
    Session,
    denied,
    token,
)

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("access")]

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:groundwork-execution"
BUCKET = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}, **QUEUE["Resources"]}}
DENIED = {"Effect": "Deny", "Action": "sts:AssumeRole"}
TAKEN = {
    "Type": "AWS::IAM::UserToGroupAddition",
    "Properties": {"GroupName": "no-such-group", "Users": ["nobody"]},
}


def order(stack: str, change_set: str, *, region: str = REGION, **fields: Any) -> StackOrder:
    guard = json.dumps(stack_policy(["Bucket"]))
    given: dict[str, Any] = {"wave": 0, "creates": True, "meanwhile": guard, "afterwards": guard}
    given |= {"items": (stack.partition("-")[0],), "drifted": (), **fields}
    given["stack"] = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{stack}/any"
    return StackOrder(name=stack, region=region, change_set=change_set, **given)


class Change:
    """A change that somebody prepared: its name, and the checksum of its orders."""

    def __init__(self, author: Session, *orders: StackOrder) -> None:
        self.name = f"20261122T000000-{uuid.uuid4().hex[:6]}"
        self.author = author
        found = [each.model_copy(update={"stack": _stack(author, each)}) for each in orders]
        self.orders = Orders(format=ORDERS_FORMAT, review=self.name, stacks=tuple(found))
        author.record(f"reviews/{author.id}/{self.name}/orders.json", self.orders.text())

    def approve(self, approver: Session, **fields: str) -> Change:
        says = {
            "review": self.name,
            "digest": "0",
            "orders": checksum(self.orders.text()),
            **fields,
        }
        approver.record(f"approvals/{approver.id}/{self.name}.json", json.dumps(says))
        return self

    def start(self, who: Session, *approvers: str, author: str = "") -> str:
        given = {
            "format": ORDERS_FORMAT,
            "author": author or self.author.id,
            "approvers": [*approvers] or [who.id],
            "starter": self.asked(who),
        }
        states = who.client("stepfunctions")
        answer = states.start_execution(
            stateMachineArn=MACHINE, name=self.name, input=json.dumps(given)
        )
        return str(answer["executionArn"])

    def asked(self, who: Session) -> str:
        """Record who has it executed, where they may, and return their id."""
        with suppress(ClientError):  # once is enough, and an author may not
            who.record(f"approvals/{who.id}/{self.name}/start.json")
        return who.id

    def executed(self, who: Session, *approvers: str, author: str = "") -> tuple[str, str]:
        """Start it, and return how it ended and why."""
        return ended(who, self.start(who, *approvers, author=author))


def _stack(author: Session, found: StackOrder) -> str:
    """The stack's own ARN, as the command records it, where the author may see it."""
    with suppress(ClientError):
        client = author.client("cloudformation", found.region)
        return str(client.describe_stacks(StackName=found.name)["Stacks"][0]["StackId"])
    return found.stack


def ended(who: Session, execution: str) -> tuple[str, str]:
    states, seen = who.client("stepfunctions"), [{"status": "RUNNING"}]

    def is_over() -> bool:
        seen.append(states.describe_execution(executionArn=execution))
        return seen[-1]["status"] != "RUNNING"

    assert processes.until(is_over, 60)
    return seen[-1]["status"], seen[-1].get("cause", "")


def written(who: Session, change: Change) -> list[Execution]:
    """The records of how far it came."""
    s3, prefix = who.client("s3"), f"executions/{change.name}/"
    listed = s3.list_objects_v2(Bucket=RECORDS, Prefix=prefix)
    keys = [item["Key"] for item in listed.get("Contents", ())]
    bodies = [s3.get_object(Bucket=RECORDS, Key=key)["Body"].read() for key in keys]
    return [Execution.model_validate_json(body) for body in bodies]


def recorded(who: Session, change: Change) -> list[str]:
    """How far the records say that it came."""
    return [each.status.value for each in written(who, change)]


@pytest.fixture
def stack() -> str:
    return f"data-us-east-1-{uuid.uuid4().hex[:8]}"


def made(author: Session, approver: Session, stack: str) -> None:
    """Create a stack of a bucket and a queue."""
    change = Change(author, order(stack, author.prepare(stack, BUCKET)))
    assert change.approve(approver).executed(approver) == ("SUCCEEDED", "")


def policy_of(who: Session, stack: str) -> Any:
    found = who.client("cloudformation").get_stack_policy(StackName=stack)
    return json.loads(found["StackPolicyBody"])


def status_of(who: Session, stack: str, region: str = REGION) -> dict[str, Any]:
    found = who.client("cloudformation", region).describe_stacks(StackName=stack)["Stacks"][0]
    return dict(found)


class TestExecuting:
    def test_what_was_approved_is_executed_guarded_and_recorded(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack, BUCKET))).approve(approver)
        assert change.executed(approver) == ("SUCCEEDED", "")
        found = status_of(approver, stack)
        assert found["StackStatus"] == "CREATE_COMPLETE"
        assert found["EnableTerminationProtection"] is True
        assert policy_of(approver, stack) == stack_policy(["Bucket"])
        assert recorded(approver, change) == ["begun", "executed"]

    def test_a_stack_in_another_region_is_executed_too(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        here, there = stack, stack.replace("data-us-east-1", "backup-eu-west-2")
        change_set = author.prepare(there, BUCKET, region="eu-west-2")
        change = Change(
            author,
            order(here, author.prepare(here)),
            order(there, change_set, region="eu-west-2", wave=1),
        )
        assert change.approve(approver).executed(approver) == ("SUCCEEDED", "")
        assert status_of(approver, there, "eu-west-2")["EnableTerminationProtection"] is True

    def test_an_update_that_fails_has_its_guards_back_and_a_record(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        made(author, approver, stack)
        fails = {"Resources": {"Taken": TAKEN}}
        change_set = author.prepare(stack, fails, kind="UPDATE")
        lifted = json.dumps(stack_policy([]))
        change = Change(author, order(stack, change_set, creates=False, meanwhile=lifted))
        status, cause = change.approve(approver).executed(approver)
        assert status == "FAILED"
        assert "UPDATE_ROLLBACK_COMPLETE" in cause
        assert policy_of(approver, stack) == stack_policy(["Bucket"])
        assert recorded(approver, change) == ["begun", "failed"]

    def test_what_comes_after_a_failure_is_not_begun(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        fails = author.prepare(stack, {"Resources": {"Taken": TAKEN}})
        later = author.prepare(f"{stack}-later")
        change = Change(author, order(stack, fails), order(f"{stack}-later", later, wave=1))
        assert change.approve(approver).executed(approver)[0] == "FAILED"
        assert status_of(approver, f"{stack}-later")["StackStatus"] == "REVIEW_IN_PROGRESS"

    def test_two_starts_are_one_execution(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack))).approve(approver)
        first = change.start(approver)
        assert change.start(approver) == first
        assert ended(approver, first)[0] == "SUCCEEDED"
        states = approver.client("stepfunctions")
        with pytest.raises(states.exceptions.ExecutionAlreadyExists):
            change.start(approver)


class TestStarter:
    def test_the_records_name_who_had_it_executed(
        self, author: Session, approver: Session, postmaster: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack))).approve(approver)
        assert change.executed(postmaster, approver.id) == ("SUCCEEDED", "")
        by = {each.executed_by for each in written(approver, change)}
        assert by == {postmaster.id}
        (execution,) = {each.execution for each in written(approver, change)}
        assert execution.endswith(f":groundwork-execution:{change.name}")

    def test_nobody_starts_it_in_the_name_of_somebody_who_did_not_ask_for_it(
        self, author: Session, approver: Session, postmaster: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack))).approve(approver)
        given = {
            "format": ORDERS_FORMAT,
            "author": author.id,
            "approvers": [approver.id],
            "starter": postmaster.id,
        }
        started = approver.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, name=change.name, input=json.dumps(given)
        )
        status, cause = ended(approver, started["executionArn"])
        assert status == "FAILED"
        assert "does not exist" in cause
        assert not recorded(approver, change)


class TestDrift:
    """The console changes something between the review and its execution."""

    VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}  # noqa: RUF012
    TAGGED = {"Tags": [{"Key": "team", "Value": "data"}]}  # noqa: RUF012

    def drifted(
        self,
        administrator: Session,
        author: Session,
        stack: str,
        region: str = REGION,
        *,
        changes: bool = True,
    ) -> str:
        """Make a stack of a bucket, whose versions somebody suspends after a change set was made.

        Return the change set, which changes the bucket, or only makes a queue.
        """
        bucket = {"Type": "AWS::S3::Bucket", "Properties": self.VERSIONED}
        deployed = administrator.prepare(stack, {"Resources": {"Bucket": bucket}}, region=region)
        assert administrator.execute(stack, deployed, region=region) == "CREATE_COMPLETE"
        after = (
            bucket if not changes else {**bucket, "Properties": {**self.VERSIONED, **self.TAGGED}}
        )
        both = {"Resources": {"Bucket": after, **QUEUE["Resources"]}}
        change_set = author.prepare(stack, both, kind="UPDATE", region=region)
        cloudformation = administrator.client("cloudformation", region)
        resources = cloudformation.list_stack_resources(StackName=stack)
        (found,) = resources["StackResourceSummaries"]
        administrator.client("s3", region).put_bucket_versioning(
            Bucket=found["PhysicalResourceId"], VersioningConfiguration={"Status": "Suspended"}
        )
        return change_set

    @pytest.mark.parametrize("name", ["data-us-east-1", "backup-eu-west-2"])
    def test_what_the_review_changes_and_was_changed_since_stops_the_execution(
        self, name: str, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        stack, region = stack.replace("data-us-east-1", name), name.partition("-")[2]
        change_set = self.drifted(administrator, author, stack, region)
        told = order(stack, change_set, region=region, creates=False)
        change = Change(author, told).approve(approver)
        why = f"{stack}/Bucket.VersioningConfiguration.Status"
        said = f"What the review changes was changed since: {why}"
        assert change.executed(approver) == ("FAILED", said)
        assert not recorded(approver, change)

    def test_what_cannot_be_compared_stops_the_execution(
        self, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        change_set = self.drifted(administrator, author, stack)
        told = order(stack, change_set, creates=False)
        iam, name = administrator.client("iam"), {"RoleName": "groundwork-executor"}
        denied = {"Effect": "Deny", "Action": "s3:GetBucket*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
        iam.put_role_policy(**name, PolicyName="blind", PolicyDocument=policy)
        try:
            change = Change(author, told).approve(approver)
            why = "What the review changes cannot be compared with what is there"
            assert change.executed(approver) == ("FAILED", f"{why}: {stack}/Bucket")
        finally:
            iam.delete_role_policy(**name, PolicyName="blind")

    def test_what_changes_while_another_wave_is_executed_stops_the_next(
        self, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        """The first wave itself attaches a policy to the role that the second one changes."""
        trust = {"Version": "2012-10-17", "Statement": [DENIED | {"Principal": {"AWS": ACCOUNT}}]}
        role = {"RoleName": stack, "AssumeRolePolicyDocument": trust, "ManagedPolicyArns": []}
        deployed = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}
        administrator.execute(stack, administrator.prepare(stack, deployed))
        nothing = {"Version": "2012-10-17", "Statement": [DENIED | {"Resource": "*"}]}
        attached = {"PolicyDocument": nothing, "Roles": [stack]}
        policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": attached}
        first = author.prepare(f"{stack}-first", {"Resources": {"Policy": policy}})
        changed = {"Type": "AWS::IAM::Role", "Properties": {**role, **self.TAGGED}}
        both = {"Resources": {"Role": changed, **QUEUE["Resources"]}}
        second = author.prepare(stack, both, kind="UPDATE")
        change = Change(
            author,
            order(f"{stack}-first", first),
            order(stack, second, wave=1, creates=False),
        )
        status, cause = change.approve(approver).executed(approver)
        assert status == "FAILED"
        assert f"was changed since: {stack}/Role.ManagedPolicyArns" in cause
        assert status_of(approver, f"{stack}-first")["StackStatus"] == "CREATE_COMPLETE"
        assert recorded(approver, change) == ["begun", "failed"]
        assert status_of(approver, stack)["StackStatus"] == "CREATE_COMPLETE"

    @pytest.mark.parametrize(
        ("changes", "drifted"), [(True, ("Bucket.VersioningConfiguration.Status",)), (False, ())]
    )
    def test_what_the_review_knew_or_leaves_alone_does_not(
        self,
        changes: bool,
        drifted: tuple[str, ...],
        administrator: Session,
        author: Session,
        approver: Session,
        stack: str,
    ) -> None:
        change_set = self.drifted(administrator, author, stack, changes=changes)
        told = order(stack, change_set, creates=False, drifted=drifted)
        assert Change(author, told).approve(approver).executed(approver) == ("SUCCEEDED", "")


class TestGroups:
    """Of the group `mail`, one has to approve what changes mail, or the database `payroll`."""

    WHY = "Nobody approved of the group mail"

    @pytest.mark.parametrize(
        "items",
        [
            ("data", "data/databases/payroll"),
            ("data", "data/databases/payroll/replicas/reports"),
            (),
        ],
    )
    def test_what_is_a_groups_is_not_executed_without_it(
        self, items: tuple[str, ...], author: Session, approver: Session, stack: str
    ) -> None:
        told = order(stack, author.prepare(stack), items=items)
        change = Change(author, told).approve(approver)
        assert change.executed(approver) == ("FAILED", self.WHY)
        assert status_of(approver, stack)["StackStatus"] == "REVIEW_IN_PROGRESS"
        assert not recorded(approver, change)

    def test_an_item_that_is_there_asks_for_it_whatever_the_orders_say(
        self, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        """CloudFormation knows by its logical id what is changed."""
        mine = {"databasespayrollqueue1": {"Type": "AWS::SQS::Queue"}}
        administrator.execute(stack, administrator.prepare(stack, {"Resources": mine}))
        change_set = author.prepare(stack, QUEUE, kind="UPDATE")
        told = order(stack, change_set, creates=False, items=("data", "data/databases/other"))
        assert Change(author, told).approve(approver).executed(approver) == ("FAILED", self.WHY)

    def test_a_stack_of_the_groups_area_asks_for_it_whatever_the_orders_say(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        stack = stack.replace("data", "mail")
        told = order(stack, author.prepare(stack), items=("data",))
        assert Change(author, told).approve(approver).executed(approver) == ("FAILED", self.WHY)

    def test_a_stack_under_another_stacks_name_is_refused(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        mail = stack.replace("data", "mail")
        told = order(mail, author.prepare(mail), items=("data",))
        change = Change(author, told)
        for number, named in enumerate((change.orders.stacks[0].stack, mail)):
            forged = told.model_copy(update={"name": stack, "stack": named})
            change = Change.__new__(Change)
            change.name, change.author = f"20261122T000001-{number}{stack[-5:]}", author
            change.orders = Orders(format=ORDERS_FORMAT, review=change.name, stacks=(forged,))
            author.record(f"reviews/{author.id}/{change.name}/orders.json", change.orders.text())
            why = "A stack is not the one that it is called"
            assert change.approve(approver).executed(approver) == ("FAILED", why)

    def test_one_of_the_group_is_enough_and_counts_among_the_approvers(
        self, author: Session, postmaster: Session, stack: str
    ) -> None:
        stack = stack.replace("data", "mail")
        change = Change(author, order(stack, author.prepare(stack))).approve(postmaster)
        assert change.executed(postmaster) == ("SUCCEEDED", "")

    def test_two_approve_where_one_of_them_is_of_the_group(
        self, author: Session, approver: Session, postmaster: Session, stack: str
    ) -> None:
        stack = stack.replace("data", "mail")
        change = Change(author, order(stack, author.prepare(stack)))
        change.approve(approver).approve(postmaster)
        assert change.executed(approver, approver.id, postmaster.id) == ("SUCCEEDED", "")

    def test_nobody_else_takes_on_the_groups_role(self, user: Callable[[str], Session]) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/groundwork-approver-mail"
        for who in ("bob", "ann"):
            sts = user(who).client("sts")
            assert denied(lambda: sts.assume_role(RoleArn=role, RoleSessionName=who))  # noqa: B023


class TestAttacks:
    def refused(self, result: tuple[str, str], cause: str, stack: str, who: Session) -> bool:
        assert result == ("FAILED", cause) or (result[0] == "FAILED" and cause in result[1])
        return bool(status_of(who, stack)["StackStatus"] == "REVIEW_IN_PROGRESS")

    def test_what_nobody_approved_is_not_executed(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack)))
        assert self.refused(change.executed(approver), "does not exist", stack, approver)
        assert not recorded(approver, change)

    def test_without_an_approver_nothing_is_executed(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack)))
        starter = change.asked(approver)
        given = json.dumps(
            {"format": ORDERS_FORMAT, "author": author.id, "approvers": [], "starter": starter}
        )
        states = approver.client("stepfunctions")
        started = states.start_execution(stateMachineArn=MACHINE, name=change.name, input=given)
        result = ended(approver, started["executionArn"])
        assert self.refused(result, "Too few people approved", stack, approver)

    def test_a_nested_stack_is_not_executed(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        """Its template could be another one by then."""
        url = "https://s3.us-east-1.amazonaws.com/templates/nested.json"
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        change_set = author.prepare(stack, {"Resources": {"Nested": nested}})
        change = Change(author, order(stack, change_set)).approve(approver)
        why = "A change set has a nested stack, whose template is in no review"
        assert self.refused(change.executed(approver), why, stack, approver)
        assert not recorded(approver, change)

    @pytest.mark.parametrize(
        ("name", "keeps"),
        [("data-us-east-1", True), ("data-us-east-1", False), ("backup-eu-west-2", True)],
    )
    def test_what_the_deployed_file_says_to_keep_is_not_deleted(
        self,
        name: str,
        keeps: bool,
        administrator: Session,
        author: Session,
        approver: Session,
        stack: str,
    ) -> None:
        stack, region = stack.replace("data-us-east-1", name), name.partition("-")[2]
        bucket = {**BUCKET["Resources"]["Bucket"], "Metadata": {KEEP_DATA: keeps}}
        before = {"Resources": {"Bucket": bucket, **QUEUE["Resources"]}}
        deployed = administrator.prepare(stack, before, region=region)
        administrator.execute(stack, deployed, region=region)
        change_set = author.prepare(stack, kind="UPDATE", region=region)
        lifted = json.dumps(stack_policy([]))
        told = order(stack, change_set, region=region, creates=False, meanwhile=lifted)
        result = Change(author, told).approve(approver).executed(approver)
        why = "Data would be lost that the file says to keep"
        assert result == (("FAILED", why) if keeps else ("SUCCEEDED", ""))

    @pytest.mark.parametrize("older", ["starts", "prepared"])
    def test_a_command_of_another_version_is_told_so(
        self, older: str, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change.__new__(Change)
        change.name, change.author = f"20261122T000002-{uuid.uuid4().hex[:6]}", author
        told = order(stack, author.prepare(stack))
        told = told.model_copy(update={"stack": _stack(author, told)})
        version = ORDERS_FORMAT - (older == "prepared")
        change.orders = Orders(format=version, review=change.name, stacks=(told,))
        author.record(f"reviews/{author.id}/{change.name}/orders.json", change.orders.text())
        change.approve(approver)
        given: dict[str, Any] = {} if older == "starts" else {"format": ORDERS_FORMAT}
        given |= {"author": author.id, "approvers": [approver.id]}
        given["starter"] = change.asked(approver)
        started = approver.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, name=change.name, input=json.dumps(given)
        )
        status, cause = ended(approver, started["executionArn"])
        assert status == "FAILED"
        assert "another version of Groundwork" in cause

    def test_an_approver_cannot_have_executed_what_only_they_recorded(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        """Orders below the approver's own path are no orders, however they are named."""
        change = Change(author, order(stack, author.prepare(stack)))
        forged = change.orders.text()
        own = f"approvals/{approver.id}/{change.name}"
        approver.record(f"{own}/orders.json", forged)
        change.approve(approver)
        started = []
        for path in (approver.id, f"../approvals/{approver.id}", f"{author.id}/x"):
            started.append(change.start(approver, author=path))
            change.name = change.name[:-1] + chr(ord(change.name[-1]) + 1)
        assert [ended(approver, each)[0] for each in started] == ["FAILED"] * 3
        assert status_of(approver, stack)["StackStatus"] == "REVIEW_IN_PROGRESS"

    def test_other_orders_than_those_approved_are_refused(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack)))
        change.approve(approver, orders="another checksum")
        why = "What was prepared is not what was approved"
        assert self.refused(change.executed(approver), why, stack, approver)

    def test_a_person_with_both_roles_does_not_approve_their_own_change(
        self, administrator: Session, author: Session, stack: str
    ) -> None:
        """A job of GitHub's may choose its session's name: `Ann` is `ann`."""
        sts = administrator.client("sts")
        given = sts.assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/groundwork-approver",
            RoleSessionName="Ann",
            WebIdentityToken=token("repo:example/infrastructure:environment:production"),
        )["Credentials"]
        ann = Session(
            administrator.instance,
            {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            },
        )
        change = Change(author, order(stack, author.prepare(stack))).approve(ann)
        why = "Whoever prepared a change cannot approve it"
        assert self.refused(change.executed(ann), why, stack, author)

    def test_a_change_set_that_is_gone_stops_all_before_the_first(
        self, author: Session, approver: Session, stack: str
    ) -> None:
        gone = author.prepare(f"{stack}-gone")
        change = Change(
            author, order(stack, author.prepare(stack)), order(f"{stack}-gone", gone, wave=1)
        ).approve(approver)
        cloudformation = author.client("cloudformation")
        cloudformation.delete_change_set(StackName=f"{stack}-gone", ChangeSetName=gone)
        why = "A change set is gone, was executed, or is older than a day"
        assert self.refused(change.executed(approver), why, stack, approver)

    def test_a_stack_that_changed_since_is_not_updated(
        self, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        administrator.execute(stack, administrator.prepare(stack))
        change_set = author.prepare(stack, BUCKET, kind="UPDATE")
        other = {"Resources": {**QUEUE["Resources"], "Second": QUEUE["Resources"]["Queue"]}}
        administrator.execute(stack, administrator.prepare(stack, other, kind="UPDATE"))
        change = Change(author, order(stack, change_set, creates=False)).approve(approver)
        why = "A change set is gone, was executed, or is older than a day"
        assert change.executed(approver) == ("FAILED", why)

    def test_a_change_set_that_is_too_old_is_refused(
        self, administrator: Session, author: Session, approver: Session, stack: str
    ) -> None:
        """By CloudFormation's own clock: here a day is a millisecond long."""
        change = Change(author, order(stack, author.prepare(stack))).approve(approver)
        states = administrator.client("stepfunctions")
        definition = states.describe_state_machine(stateMachineArn=MACHINE)["definition"]
        assert str(DAY_MILLISECONDS) in definition
        shorter = definition.replace(str(DAY_MILLISECONDS), "1")
        states.update_state_machine(stateMachineArn=MACHINE, definition=shorter)
        try:
            why = "A change set is gone, was executed, or is older than a day"
            assert self.refused(change.executed(approver), why, stack, approver)
        finally:
            states.update_state_machine(stateMachineArn=MACHINE, definition=definition)

    def test_a_stack_that_is_not_ours_is_out_of_the_state_machines_reach(
        self, administrator: Session, author: Session, approver: Session
    ) -> None:
        change = Change(author, order("payslips", administrator.prepare("payslips")))
        status, cause = change.approve(approver).executed(approver)
        assert status == "FAILED"
        assert "not authorized" in cause

    def test_the_approver_starts_this_machine_and_stops_none(
        self, author: Session, approver: Session, reader: Session, stack: str
    ) -> None:
        change = Change(author, order(stack, author.prepare(stack))).approve(approver)
        for who in (author, reader):
            assert denied(lambda: change.start(who, approver.id))  # noqa: B023
        execution = change.start(approver)
        states = approver.client("stepfunctions")
        assert denied(lambda: states.stop_execution(executionArn=execution))
        assert denied(lambda: states.update_state_machine(stateMachineArn=MACHINE, definition="{}"))
        assert ended(approver, execution)[0] == "SUCCEEDED"

    @pytest.mark.parametrize("who", ["author", "approver", "powerful"])
    def test_nobody_assumes_the_state_machines_role(
        self, who: str, powerful: Session, session: Callable[[str], Session]
    ) -> None:
        caller = powerful if who == "powerful" else session(who)
        arn = f"arn:aws:iam::{ACCOUNT}:role/groundwork-executor"
        sts = caller.client("sts")
        assert denied(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="anybody"))
