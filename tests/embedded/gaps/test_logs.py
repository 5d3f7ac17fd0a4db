"""Log groups, and rules that write to them."""

import json
from typing import Any, NamedTuple

from tests.embedded.gaps.templates import attribute, ref

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group"
RULES = "arn:aws:events:us-east-1:123456789012:rule"


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


class Written(NamedTuple):
    """What became of an event: details in the log, error codes in the dead-letter queue."""

    logged: list[Any]
    kept: list[str]


def written(where: Any, *, allowed: bool, sender: str = "") -> Written:
    """Where a rule's event goes, as the log's policy lets it; `sender` may send to the queue."""
    stack = f"written-{allowed}-{sender}".lower()
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{GROUP}:{stack}*:*" if allowed else f"{GROUP}:other:*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    target = {
        "Id": "log",
        "Arn": {"Fn::Sub": f"{GROUP}:${{Group}}"},
        "DeadLetterConfig": {"Arn": attribute("Arn", of="Queue")},
    }
    sends = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": f"{RULES}/{sender or stack}*"}},
    }
    resources = {
        "Group": {"Type": "AWS::Logs::LogGroup"},
        "Policy": {
            "Type": "AWS::Logs::ResourcePolicy",
            "Properties": {"PolicyName": stack, "PolicyDocument": document},
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Sends": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [ref("Queue")],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [sends]},
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": [stack]}, "Targets": [target]},
        },
    }
    made = where.deploy(stack, resources, Name=ref("Group"), Url=ref("Queue"))
    entry = {"Source": stack, "DetailType": "test", "Detail": '{"one": 1}'}
    where.client("events").put_events(Entries=[entry])
    found = where.client("logs").filter_log_events(logGroupName=made["Name"])["events"]
    asked = {"QueueUrl": made["Url"], "MessageAttributeNames": ["All"]}
    kept = where.client("sqs").receive_message(**asked).get("Messages", [])
    return Written(
        [json.loads(event["message"])["detail"] for event in found],
        [message["MessageAttributes"]["ERROR_CODE"]["StringValue"] for message in kept],
    )


def test_a_rule_writes_to_a_log_group_that_lets_it(aws: Any) -> None:
    assert written(aws, allowed=True) == ([{"one": 1}], [])


def test_what_it_may_not_write_goes_to_a_queue_that_lets_it(aws: Any) -> None:
    assert written(aws, allowed=False) == ([], ["NO_PERMISSIONS"])
    assert written(aws, allowed=False, sender="another") == ([], [])


def test_ministack_still_drops_the_event(pristine: Any) -> None:
    assert written(pristine, allowed=True) == ([], [])
