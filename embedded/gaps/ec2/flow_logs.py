"""The type `AWS::EC2::FlowLog`. No traffic is recorded, as there is none."""

from __future__ import annotations

from embedded.gaps._calls import call, element
from embedded.gaps._ministack import Created, Properties, provisioners, register
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has flow logs.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ec2-flowlog.html"
    ),
    ministack="It has the API, not the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::EC2::FlowLog"
REPLACING = (
    "DeliverLogsPermissionArn",
    "LogDestination",
    "LogDestinationType",
    "LogFormat",
    "LogGroupName",
    "MaxAggregationInterval",
    "ResourceId",
    "ResourceType",
    "TrafficType",
)


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=REPLACING)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    given = {name: str(properties[name]) for name in REPLACING if name in properties}
    del given["ResourceId"]
    answer = call("ec2", "_create_flow_logs", {**given, "ResourceId.1": properties["ResourceId"]})
    identifier = element(answer, "item")
    return _update(identifier, {}, properties, stack)


def _update(identifier: str, old: Properties, new: Properties, stack: str) -> Created:
    provisioners._ec2_apply_tags(identifier, new, old)
    return identifier, {"Id": identifier}


def _delete(identifier: str, properties: Properties) -> None:
    call("ec2", "_delete_flow_logs", {"FlowLogId.1": identifier})
