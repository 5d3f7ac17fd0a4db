"""Change sets, named by their ARN alone as whoever approved them names them."""

import json
from typing import Any

import pytest

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
