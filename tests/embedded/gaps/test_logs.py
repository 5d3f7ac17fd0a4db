"""Log groups, and rules that write to them."""

import json
from typing import Any

from tests.embedded.gaps.templates import ref

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group"


def name_of(where: Any, stack: str) -> str:
    group = {"Type": "AWS::Logs::LogGroup"}
    return str(where.deploy(stack, {"Group": group}, Name=ref("Group"))["Name"])


def test_a_log_group_is_named_after_its_stack(aws: Any, pristine: Any) -> None:
    assert name_of(aws, "named-logs").startswith("named-logs-Group-")
    assert name_of(pristine, "named-logs").startswith("/aws/cloudformation/")


def test_its_name_stays(aws: Any) -> None:
    before = name_of(aws, "kept-logs")
    kept = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}
    assert aws.deploy("kept-logs", {"Group": kept}, Name=ref("Group")) == {"Name": before}


def written(where: Any, *, allowed: bool) -> list[Any]:
    """What a rule writes of an event, with or without a policy that lets it."""
    stack = f"written-{allowed}".lower()
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{GROUP}:{stack}*:*" if allowed else f"{GROUP}:other:*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    target = {"Id": "log", "Arn": {"Fn::Sub": f"{GROUP}:${{Group}}"}}
    resources = {
        "Group": {"Type": "AWS::Logs::LogGroup"},
        "Policy": {
            "Type": "AWS::Logs::ResourcePolicy",
            "Properties": {"PolicyName": stack, "PolicyDocument": document},
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": [stack]}, "Targets": [target]},
        },
    }
    group = where.deploy(stack, resources, Name=ref("Group"))["Name"]
    entry = {"Source": stack, "DetailType": "test", "Detail": '{"one": 1}'}
    where.client("events").put_events(Entries=[entry])
    found = where.client("logs").filter_log_events(logGroupName=group)["events"]
    return [json.loads(event["message"])["detail"] for event in found]


def test_a_rule_writes_to_a_log_group_that_lets_it(aws: Any) -> None:
    assert written(aws, allowed=True) == [{"one": 1}]
    assert written(aws, allowed=False) == []


def test_ministack_still_drops_the_event(pristine: Any) -> None:
    assert written(pristine, allowed=True) == []
