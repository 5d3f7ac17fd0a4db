"""Topics of stacks."""

import json
from typing import Any

OWNERS = {"StringEquals": {"AWS:SourceOwner": "123456789012"}}


def statement(where: Any, name: str) -> Any:
    """What the only statement of a topic says, which a stack makes without a policy."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    arn = where.deploy(name, {"Topic": topic}, Arn={"Ref": "Topic"})["Arn"]
    policy = where.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]
    (found,) = json.loads(policy)["Statement"]
    return found


def test_a_topic_without_a_policy_is_for_its_owner_alone(aws: Any, pristine: Any) -> None:
    assert statement(aws, "unguarded")["Condition"] == OWNERS
    assert "Condition" not in statement(pristine, "unguarded")
