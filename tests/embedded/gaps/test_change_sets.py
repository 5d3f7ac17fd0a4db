"""Change sets: who sees them, what they change, and what they keep until their execution."""

import json
import uuid
from typing import Any, ClassVar

import pytest

from tests.embedded.conftest import settled

LOOK = "cloudformation:DescribeChangeSet"


TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


def change_set_of(aws: Any, stack: str) -> str:
    created = aws.client("cloudformation").create_change_set(
        StackName=stack, ChangeSetName="look", ChangeSetType="CREATE", TemplateBody=TEMPLATE
    )
    return str(created["Id"])


def reader_of(aws: Any, stack: str) -> Any:
    """The CloudFormation of a user who may look at one stack's change sets."""
    iam, user = aws.client("iam"), f"reader-of-{stack}"
    arn = f"arn:aws:cloudformation:us-east-1:{aws.instance.account}:stack/{stack}/*"
    statement = {"Effect": "Allow", "Action": LOOK, "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="look", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return aws.client(
        "cloudformation",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def test_a_change_set_is_judged_on_its_stack(aws: Any, pristine: Any) -> None:
    change_set, reader = change_set_of(aws, "looked-at"), reader_of(aws, "looked-at")
    assert reader.describe_change_set(ChangeSetName=change_set)["StackName"] == "looked-at"
    change_set, reader = change_set_of(pristine, "looked-at"), reader_of(pristine, "looked-at")
    with pytest.raises(reader.exceptions.ClientError, match="not authorized"):
        reader.describe_change_set(ChangeSetName=change_set)


def test_another_stacks_change_set_is_out_of_reach(aws: Any) -> None:
    change_set, reader = change_set_of(aws, "hidden"), reader_of(aws, "seen")
    with pytest.raises(reader.exceptions.ClientError, match="not authorized"):
        reader.describe_change_set(ChangeSetName=change_set)


def updated(where: Any, stack: str, template: dict[str, Any]) -> Any:
    """A change set of a stack that is there."""
    cloudformation = where.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=f"change-{uuid.uuid4().hex}",
        ChangeSetType="UPDATE",
        TemplateBody=json.dumps(template),
    )
    return cloudformation.describe_change_set(ChangeSetName=made["Id"])


class TestContents:
    TOPIC: ClassVar[dict[str, Any]] = {"Topic": {"Type": "AWS::SNS::Topic"}}

    def test_outputs_alone_are_a_change(self, aws: Any, pristine: Any) -> None:
        outputs = {"Greeting": {"Value": "hello"}}
        for where in (aws, pristine):
            where.deploy("outputs-alone", self.TOPIC)
        template = {"Resources": self.TOPIC, "Outputs": outputs}
        found = updated(aws, "outputs-alone", template)
        assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
        assert found["Changes"] == []
        assert aws.deploy("outputs-alone", self.TOPIC, Greeting="hello") == {"Greeting": "hello"}
        assert updated(aws, "outputs-alone", template)["Status"] == "FAILED"
        assert updated(pristine, "outputs-alone", template)["Status"] == "FAILED"

    def described(self, where: Any) -> str:
        cloudformation = where.client("cloudformation")
        made = cloudformation.create_change_set(
            StackName="described",
            ChangeSetName="first",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps({"Description": "What it is", "Resources": self.TOPIC}),
        )
        cloudformation.execute_change_set(ChangeSetName=made["Id"])
        settled(
            lambda: cloudformation.describe_change_set(ChangeSetName=made["Id"])["ExecutionStatus"]
        )
        stack = cloudformation.describe_stacks(StackName="described")["Stacks"][0]
        return str(stack.get("Description", ""))

    def test_a_stack_has_its_templates_description(self, aws: Any, pristine: Any) -> None:
        assert self.described(aws) == "What it is"
        assert self.described(pristine) == ""

    def replaced(self, where: Any) -> str:
        """What a change set says of a log group whose retention changes."""
        group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 1}}
        where.deploy("retention", {"Group": group})
        longer = {**group, "Properties": {"RetentionInDays": 3}}
        (change,) = updated(where, "retention", {"Resources": {"Group": longer}})["Changes"]
        return str(change["ResourceChange"]["Replacement"])

    def test_it_tells_what_is_replaced(self, aws: Any, pristine: Any) -> None:
        assert self.replaced(aws) == "False"
        assert self.replaced(pristine) == "Conditional"


class TestParameterReferences:
    RESOURCES: ClassVar[dict[str, Any]] = {
        "Copy": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Value": "{{resolve:ssm:/images/newest}}"},
        }
    }

    def executed_after_it_moved(self, where: Any) -> tuple[str, str]:
        """What the reviewed template says, and what was deployed."""
        ssm, cloudformation = where.client("ssm"), where.client("cloudformation")
        given = {"Name": "/images/newest", "Type": "String", "Overwrite": True}
        ssm.put_parameter(**given, Value="ami-1")
        made = cloudformation.create_change_set(
            StackName="moving",
            ChangeSetName="first",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps({"Resources": self.RESOURCES}),
        )["Id"]
        reviewed = cloudformation.get_template(ChangeSetName=made)["TemplateBody"]
        ssm.put_parameter(**given, Value="ami-2")
        cloudformation.execute_change_set(ChangeSetName=made)
        settled(lambda: cloudformation.describe_change_set(ChangeSetName=made)["ExecutionStatus"])
        copy = cloudformation.describe_stack_resource(StackName="moving", LogicalResourceId="Copy")
        name = copy["StackResourceDetail"]["PhysicalResourceId"]
        deployed = ssm.get_parameter(Name=name)["Parameter"]["Value"]
        return reviewed["Resources"]["Copy"]["Properties"]["Value"], deployed

    def test_what_was_reviewed_is_executed(self, aws: Any) -> None:
        assert self.executed_after_it_moved(aws) == ("ami-1", "ami-1")

    def test_ministack_still_resolves_while_it_executes(self, pristine: Any) -> None:
        assert self.executed_after_it_moved(pristine) == ("{{resolve:ssm:/images/newest}}", "ami-2")


def test_events_come_newest_first_over_pages(aws: Any) -> None:
    """No gap; whoever waits for a stack reads it so."""
    topics = {f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(60)}
    aws.deploy("many-events", topics)
    pages = aws.client("cloudformation").get_paginator("describe_stack_events")
    found = [page["StackEvents"] for page in pages.paginate(StackName="many-events")]
    assert len(found) > 1
    moments = [event["Timestamp"] for page in found for event in page]
    assert moments == sorted(moments, reverse=True)


def test_the_change_sets_of_a_stack_are_found_by_its_arn(aws: Any, pristine: Any) -> None:
    for where in (aws, pristine):
        change_set, client = change_set_of(where, "by-arn"), where.client("cloudformation")
        stack = client.describe_stacks(StackName="by-arn")["Stacks"][0]["StackId"]
        found = client.list_change_sets(StackName=stack)["Summaries"]
        assert [each["ChangeSetId"] for each in found] == ([change_set] if where is aws else [])
