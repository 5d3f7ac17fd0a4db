"""The network that a function is in."""

from __future__ import annotations

from embedded.gaps._ministack import (
    Created,
    Properties,
    account,
    extend,
    iam_evaluator,
    region,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A function of a stack is in the network of its `VpcConfig`, and is refused unless its "
        "role may make network interfaces there."
    ),
    page="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    ministack="It drops the property.",
    effect=Effect.STRICTER,
)

TYPE = "AWS::Lambda::Function"
CALLS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")


def install() -> None:
    """Keep the property, and ask what the role may do."""
    extend(TYPE, _placed, check=_check)


def _placed(created: Created, properties: Properties) -> Created:
    functions = service("lambda_svc")
    config = functions._functions[created[0]]["config"]
    config["VpcConfig"] = functions._vpc_config_with_id(properties.get("VpcConfig"))
    return created


def _check(properties: Properties) -> None:
    if not properties.get("VpcConfig"):
        return
    role = str(properties["Role"])
    policies = iam_evaluator._gather_role_policies(role.rpartition("/")[2], account())
    for call in CALLS:
        asked = iam_evaluator.EvalContext(
            principal_arn=role,
            principal_type="AssumedRole",
            principal_account=account(),
            action=f"ec2:{call}",
            resource_arn="*",
            region=region(),
        )
        if iam_evaluator.evaluate(asked, policies).decision != "Allow":
            raise ValueError(
                f"The provided execution role does not have permissions to call {call} on EC2"
            )
