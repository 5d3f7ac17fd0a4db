"""Functions, state machines, schedules and instances: what runs, as which role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.readers.reader import (
    Clients,
    NotFoundError,
    Properties,
    Reader,
    first,
    pages,
    picked,
    tags,
)

_FUNCTION = (
    "Architectures",
    "Description",
    "Environment",
    "FunctionName",
    "Handler",
    "MemorySize",
    "PackageType",
    "Role",
    "Runtime",
    "Timeout",
)


def _functions(clients: Clients) -> Iterator[tuple[str, ...]]:
    for function in pages(clients("lambda"), "list_functions", "Functions"):
        yield (function["FunctionName"],)


def _function(clients: Clients, name: str) -> Properties:
    """All but the code, which AWS does not give back in a template's words either."""
    found = clients("lambda").get_function(FunctionName=name)
    said = found["Configuration"]
    network = picked(said.get("VpcConfig", {}), "SubnetIds", "SecurityGroupIds")
    return {
        **picked(said, *_FUNCTION),
        "Layers": [layer["Arn"] for layer in said.get("Layers", ())] or None,
        "LoggingConfig": picked(said.get("LoggingConfig", {}), "LogGroup") or None,
        "VpcConfig": network if any(network.values()) else None,
        "Tags": _listed(found.get("Tags")),
    }


def _listed(found: dict[str, str] | None) -> list[dict[str, str]] | None:
    return tags([{"Key": key, "Value": value} for key, value in (found or {}).items()])


def _function_arn(clients: Clients, name: str) -> Properties:
    found = clients("lambda").get_function(FunctionName=name)
    return {"Arn": found["Configuration"]["FunctionArn"]}


def _machines(clients: Clients) -> Iterator[tuple[str, ...]]:
    for machine in pages(clients("stepfunctions"), "list_state_machines", "stateMachines"):
        yield (machine["stateMachineArn"],)


def _machine(clients: Clients, arn: str) -> Properties:
    client = clients("stepfunctions")
    found = client.describe_state_machine(stateMachineArn=arn)
    said = client.list_tags_for_resource(resourceArn=arn)["tags"]
    return {
        "StateMachineName": found["name"],
        "StateMachineType": found["type"],
        "DefinitionString": found["definition"],
        "RoleArn": found["roleArn"],
        "Tags": tags([{"Key": tag["key"], "Value": tag["value"]} for tag in said]),
    }


def _machine_name(clients: Clients, arn: str) -> Properties:
    return {"Arn": arn, "Name": arn.rpartition(":")[2]}


_SCHEDULE = (
    "Description",
    "FlexibleTimeWindow",
    "GroupName",
    "Name",
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "State",
    "Target",
)


def _schedules(clients: Clients) -> Iterator[tuple[str, ...]]:
    for schedule in pages(clients("scheduler"), "list_schedules", "Schedules"):
        yield (schedule["Name"],)


def _schedule(clients: Clients, name: str) -> Properties:
    """A schedule of the default group."""
    return picked(clients("scheduler").get_schedule(Name=name), *_SCHEDULE)


def _schedule_arn(clients: Clients, name: str) -> Properties:
    return picked(clients("scheduler").get_schedule(Name=name), "Arn")


def _described(clients: Clients, **asked: Any) -> Iterator[Any]:
    for reservation in pages(clients("ec2"), "describe_instances", "Reservations", **asked):
        yield from reservation["Instances"]


def _instances(clients: Clients) -> Iterator[tuple[str, ...]]:
    for instance in _described(clients):
        yield (instance["InstanceId"],)


def _instance(clients: Clients, name: str) -> Properties:
    """ministack keeps no more than this, and gives each instance one interface."""
    found = first(_described(clients, InstanceIds=[name]))
    if found["State"]["Name"] == "terminated":
        raise NotFoundError
    groups = [group["GroupId"] for group in found.get("SecurityGroups", ())]
    interface = {
        "DeviceIndex": "0",
        "SubnetId": found.get("SubnetId"),
        "GroupSet": groups,
        "AssociatePublicIpAddress": bool(found.get("PublicIpAddress")),
        "DeleteOnTermination": True,
    }
    profile = found.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2]
    return {
        **picked(found, "ImageId", "InstanceType", "SubnetId"),
        "IamInstanceProfile": profile or None,
        "NetworkInterfaces": [interface],
        "SecurityGroupIds": groups,
        "Tags": tags(found.get("Tags")),
    }


def _invocations(clients: Clients) -> Iterator[tuple[str, ...]]:
    for (name,) in _functions(clients):
        found = pages(
            clients("lambda"),
            "list_function_event_invoke_configs",
            "FunctionEventInvokeConfigs",
            FunctionName=name,
        )
        for _ in found:
            yield (name, "$LATEST")


def _invocation(clients: Clients, function: str, qualifier: str) -> Properties:
    found = clients("lambda").get_function_event_invoke_config(
        FunctionName=function, Qualifier=qualifier
    )
    return {
        "FunctionName": function,
        "Qualifier": qualifier,
        **picked(found, "MaximumEventAgeInSeconds", "MaximumRetryAttempts"),
        "DestinationConfig": {k: v for k, v in found.get("DestinationConfig", {}).items() if v}
        or None,
    }


READERS = {
    "AWS::EC2::Instance": Reader(
        ("InstanceId",),
        frozenset(
            {
                "IamInstanceProfile",
                "ImageId",
                "InstanceType",
                "NetworkInterfaces",
                "SecurityGroupIds",
                "SubnetId",
                "Tags",
            }
        ),
        _instances,
        _instance,
    ),
    "AWS::Lambda::EventInvokeConfig": Reader(
        ("FunctionName", "Qualifier"),
        frozenset(
            {
                "DestinationConfig",
                "FunctionName",
                "MaximumEventAgeInSeconds",
                "MaximumRetryAttempts",
                "Qualifier",
            }
        ),
        _invocations,
        _invocation,
    ),
    "AWS::Lambda::Function": Reader(
        ("FunctionName",),
        frozenset({*_FUNCTION, "Layers", "LoggingConfig", "VpcConfig", "Tags"}),
        _functions,
        _function,
        _function_arn,
    ),
    "AWS::Scheduler::Schedule": Reader(
        ("Name",), frozenset(_SCHEDULE), _schedules, _schedule, _schedule_arn
    ),
    "AWS::StepFunctions::StateMachine": Reader(
        ("Arn",),
        frozenset({"StateMachineName", "StateMachineType", "DefinitionString", "RoleArn", "Tags"}),
        _machines,
        _machine,
        _machine_name,
    ),
}
