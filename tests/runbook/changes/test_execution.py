"""What execution refuses, and what CloudFormation refuses to whoever goes round it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.polling import poll
from runbook.changes.change_set import discard_reviewed, find_stack
from runbook.changes.events import Event
from runbook.changes.execute import execute
from runbook.changes.guards import holders, stack_policy
from runbook.changes.parts import Effect
from runbook.changes.prepare import Preparation, now
from runbook.changes.undeclared import undeclared
from tests.runbook.changes.stacks import (
    TOPIC,
    Made,
    Resources,
    bucket,
    buckets,
    deploy,
    only,
    prepare,
    run,
    stack_of,
)
from tests.runbook.conftest import REGION, TEMPLATES

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]

OTHER: Resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "two"}}}


@pytest.fixture
def cloudformation() -> Any:
    return aws.cloudformation(REGION)


def test_a_machine_whose_image_moved_is_said_to_be_replaced(name: str) -> None:
    """CloudFormation reads a parameter without a version at every update, whatever else changes."""
    ssm = boto3.client("ssm", REGION, config=aws.CONFIG)
    subnet = {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.0.0/24"}
    machine = {
        "ImageId": f"{{{{resolve:ssm:/{name}}}}}",
        "InstanceType": "t4g.nano",
        "SubnetId": {"Ref": "Subnet"},
    }
    resources: Resources = {
        "Network": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": subnet},
        "Machine": {"Type": "AWS::EC2::Instance", "Properties": machine},
    }
    ssm.put_parameter(Name=f"/{name}", Type="String", Value="ami-1")
    deploy(name, resources)
    ssm.put_parameter(Name=f"/{name}", Type="String", Value="ami-2", Overwrite=True)
    prepared = only(prepare(stack_of(name, {**resources, **TOPIC})))
    effects = {change.logical_id: change.effect for change in prepared.changes}
    assert effects == {"Machine": Effect.REPLACE, "Topic": Effect.ADD}
    said = [finding.text for finding in prepared.findings]
    assert "the machine goes: connections through it are cut" in said


def test_a_log_group_that_rds_wrote_to_once_more_is_named(name: str) -> None:
    """RDS may write after the log group was deleted, and makes it again."""
    group = f"/aws/rds/instance/{name}/postgresql"
    boto3.client("logs", REGION, config=aws.CONFIG).create_log_group(logGroupName=group)
    logs = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": group}}
    with pytest.raises(UserError, match=f"'{group}' already exists"):
        prepare(stack_of(name, {"Logs": logs}))


def test_a_change_set_that_is_gone_is_refused(name: str) -> None:
    prepared = prepare(stack_of(name, TOPIC))
    discard_reviewed(only(prepared))
    with pytest.raises(UserError, match="the reviewed change set is gone"):
        run(prepared)


def test_a_change_set_made_again_under_the_same_name_is_refused(
    name: str, cloudformation: Any
) -> None:
    deploy(name, TOPIC)
    prepared = prepare(stack_of(name, OTHER))
    change_set = cloudformation.describe_change_set(ChangeSetName=only(prepared).change_set)
    cloudformation.delete_change_set(ChangeSetName=only(prepared).change_set)
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=change_set["ChangeSetName"],
        TemplateBody=json.dumps({"Resources": {**OTHER, "Bucket": bucket(name)}}),
    )
    with pytest.raises(UserError, match="the reviewed change set is gone"):
        run(prepared)
    assert name not in buckets()


def test_a_stack_that_somebody_changed_meanwhile_is_refused(name: str, cloudformation: Any) -> None:
    deploy(name, TOPIC)
    prepared = prepare(stack_of(name, {**TOPIC, "Bucket": bucket(name)}))
    second = prepare(stack_of(name, OTHER))
    run(second)
    with pytest.raises(UserError, match=r"gone|changed since"):
        run(prepared)
    assert name not in buckets()


def test_a_template_that_is_not_the_reviewed_one_is_refused(name: str) -> None:
    prepared = prepare(stack_of(name, TOPIC))
    altered = prepared.model_copy(
        update={"stacks": (only(prepared).model_copy(update={"template_digest": "0" * 64}),)}
    )
    with pytest.raises(UserError, match="another template"):
        run(altered)


def test_a_stack_that_changed_without_another_template_is_refused(name: str) -> None:
    deploy(name, TOPIC)
    prepared = prepare(stack_of(name, OTHER))
    altered = prepared.model_copy(
        update={"stacks": (only(prepared).model_copy(update={"stack_state": "earlier"}),)}
    )
    with pytest.raises(UserError, match="the stack changed since"):
        run(altered)


def test_nothing_is_executed_when_one_of_several_is_refused(name: str) -> None:
    first, second = f"{name}-a", f"{name}-b"
    prepared = prepare(
        stack_of(first, {"Bucket": bucket(first)}), stack_of(second, {"Bucket": bucket(second)})
    )
    discard_reviewed(prepared.stacks[1])
    with pytest.raises(UserError):
        run(prepared)
    assert not {first, second} & buckets()


def test_a_stack_is_verified_again_when_its_turn_comes(name: str) -> None:
    first, second = f"{name}-a", f"{name}-b"
    waiting = stack_of(second, {"Bucket": bucket(second)}, depends_on=(first,))
    prepared = prepare(stack_of(first, TOPIC), waiting)
    (later,) = [stack for stack in prepared.stacks if stack.name == second]
    with pytest.raises(UserError, match=f"{second}: the reviewed change set is gone"):
        execute(prepared, lambda event: discard_reviewed(later))
    assert second not in buckets()


def test_the_first_cause_of_a_failure_is_told_and_not_its_symptoms(name: str) -> None:
    deploy(name, TOPIC)
    refused = {
        "Type": "AWS::IAM::UserToGroupAddition",
        "Properties": {"GroupName": "no-such-group", "Users": ["nobody"]},
    }
    with pytest.raises(UserError) as caught:
        run(
            prepare(
                stack_of(
                    name, {**TOPIC, "Refused": refused, "After": bucket(name, DependsOn="Refused")}
                )
            )
        )
    assert f"{name}: Refused (AWS::IAM::UserToGroupAddition) failed" in caught.value.message
    assert "rolled back" in caught.value.advice


def test_what_cloudformation_refuses_beforehand_is_told_by_resource(name: str) -> None:
    with pytest.raises(UserError) as caught:
        run(prepare(stack_of(name, {"Taken": bucket(TEMPLATES)})))
    assert "Taken (AWS::S3::Bucket)" in caught.value.message
    assert TEMPLATES in caught.value.message


def test_every_event_is_shown_of_more_than_a_page(name: str) -> None:
    topics: Resources = {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(60)}
    prepared = prepare(stack_of(name, topics))
    shown: list[Event] = []
    execute(prepared, shown.append)
    made = [event for event in shown if event.status == "CREATE_COMPLETE"]
    assert {event.logical_id for event in made} == {*topics, name}


def test_an_update_has_begun_and_ended_when_it_is_executed(name: str, cloudformation: Any) -> None:
    deploy(name, TOPIC)
    shown: list[Event] = []
    execute(prepare(stack_of(name, OTHER)), shown.append)
    statuses = [event.status for event in shown if event.logical_id == name]
    assert (statuses[0], statuses[-1]) == ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    found = cloudformation.get_template(StackName=name)["TemplateBody"]
    assert found["Resources"] == OTHER


def test_preparing_changes_no_stack(name: str, cloudformation: Any) -> None:
    deploy(name, TOPIC)
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    before = find_stack(cloudformation, name)
    prepare(stack_of(name, OTHER))
    assert find_stack(cloudformation, name) == before


def test_one_change_set_that_cannot_be_made_leaves_none(name: str, cloudformation: Any) -> None:
    broken: Resources = {"Nothing": {"Type": "AWS::Nothing::AtAll"}}
    with pytest.raises(UserError):
        prepare(stack_of(f"{name}-a", TOPIC), stack_of(f"{name}-b", broken))
    assert find_stack(cloudformation, f"{name}-a") is None
    assert find_stack(cloudformation, f"{name}-b") is None


def test_two_preparations_never_share_a_name(account: str) -> None:
    made: Any = Made([])
    moment = now()
    assert Preparation.of(made, moment).name != Preparation.of(made, moment).name


def test_executed_stacks_are_protected_against_deletion(name: str, cloudformation: Any) -> None:
    deploy(name, TOPIC)
    found = find_stack(cloudformation, name)
    assert found
    assert found["EnableTerminationProtection"] is True


def test_data_is_not_deleted_without_its_name_typed(name: str) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    prepared = prepare(stack_of(name, TOPIC))
    with pytest.raises(UserError, match="stack policy"):
        execute(prepared, lambda event: None)
    assert name in buckets()


@pytest.mark.parametrize("resources", [{**TOPIC}, {**TOPIC, "Bucket": bucket("another-name")}])
def test_the_guard_holds_against_plain_cloudformation(
    name: str, cloudformation: Any, resources: Resources
) -> None:
    deploy(name, {**TOPIC, "Bucket": bucket(name)})
    made = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="round-the-command",
        TemplateBody=json.dumps({"Resources": resources}),
    )
    cloudformation.get_waiter("change_set_create_complete").wait(
        ChangeSetName=made["Id"], WaiterConfig={"Delay": 1}
    )
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    poll(
        cloudformation,
        lambda: cloudformation.describe_change_set(ChangeSetName=made["Id"])["ExecutionStatus"],
        lambda status: status != "EXECUTE_IN_PROGRESS",
    )
    found = find_stack(cloudformation, name)
    assert found
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert name in buckets()


def _settle(cloudformation: Any, name: str) -> None:
    poll(
        cloudformation,
        lambda: find_stack(cloudformation, name),
        lambda found: found is None or not found["StackStatus"].endswith("_IN_PROGRESS"),
    )


@pytest.mark.parametrize("fails", [False, True])
def test_the_guard_is_back_after_it_was_lifted(name: str, cloudformation: Any, fails: bool) -> None:
    kept = f"{name}-kept"
    deploy(name, {"Kept": bucket(kept), "Gone": bucket(name)})
    resources: Resources = {"Kept": bucket(kept)}
    if fails:
        boto3.client("sns").create_topic(Name=name)
        resources["Taken"] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    prepared = prepare(stack_of(name, resources))
    try:
        run(prepared, lifted=prepared.guarded)
    except UserError:
        assert fails
    policy = json.loads(cloudformation.get_stack_policy(StackName=name)["StackPolicyBody"])
    expected = (
        ["LogicalResourceId/Gone", "LogicalResourceId/Kept"]
        if fails
        else ["LogicalResourceId/Kept"]
    )
    assert policy["Statement"][1]["Resource"] == expected
    assert (name in buckets()) is fails


def test_a_stack_policy_frees_only_what_is_named() -> None:
    template = {"Resources": {"One": bucket("one"), "Two": bucket("two"), **TOPIC}}
    assert stack_policy(holders(template))["Statement"][1]["Resource"] == [
        "LogicalResourceId/One",
        "LogicalResourceId/Two",
    ]
    assert len(stack_policy(holders({"Resources": TOPIC}))["Statement"]) == 1


def test_a_stack_that_is_no_longer_declared_is_named_and_left(cloudformation: Any) -> None:
    for name in (f"backup-{REGION}-old", f"production-backup-{REGION}"):
        template = {"Description": f"Groundwork: backup in {REGION}", "Resources": TOPIC}
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
        _settle(cloudformation, name)
    assert undeclared([], [REGION], None) == [f"backup-{REGION}-old"]
    assert undeclared([f"backup-{REGION}-old"], [REGION], None) == []
    assert undeclared([], [REGION], "production") == [f"production-backup-{REGION}"]
