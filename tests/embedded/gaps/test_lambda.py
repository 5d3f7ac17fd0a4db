"""Functions of a stack: the network that they are in."""

from typing import Any

import pytest

from tests.embedded.conftest import DeploymentError
from tests.embedded.gaps.templates import LAMBDA, attribute, document, ref

INTERFACES = [
    f"ec2:{call}NetworkInterface{s}"
    for call, s in (("Create", ""), ("Delete", ""), ("Describe", "s"))
]


def placed(*allowed: str) -> dict[str, Any]:
    """A function in a network, whose role may do this."""
    policy = document({"Effect": "Allow", "Action": [*allowed], "Resource": "*"})
    function = {
        "Code": {"ZipFile": "def handle(event, context): pass"},
        "Handler": "index.handle",
        "Runtime": "python3.12",
        "Role": attribute("Arn", of="Role"),
        "VpcConfig": {
            "SubnetIds": [ref("Subnet")],
            "SecurityGroupIds": [attribute("GroupId", of="Group")],
        },
    }
    role = {
        "AssumeRolePolicyDocument": LAMBDA,
        "Policies": [{"PolicyName": "network", "PolicyDocument": policy}],
    }
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": ref("Vpc"), "CidrBlock": "10.0.1.0/24"},
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"VpcId": ref("Vpc"), "GroupDescription": "The function"},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
    }


def network(where: Any, *allowed: str) -> Any:
    """Deploy the function, and return the network that it has, and what the stack has."""
    outputs = {"Name": ref("Function"), "Vpc": ref("Vpc"), "Subnet": ref("Subnet")}
    made = where.deploy("placed", placed(*allowed), **outputs)
    found = where.client("lambda").get_function_configuration(FunctionName=made["Name"])
    return found.get("VpcConfig", {}), made


def test_a_function_is_in_its_network(aws: Any, pristine: Any) -> None:
    found, made = network(aws, *INTERFACES)
    assert (found["VpcId"], found["SubnetIds"]) == (made["Vpc"], [made["Subnet"]])
    assert not network(pristine)[0].get("SubnetIds")


def test_a_role_that_may_make_no_network_interfaces_is_refused(aws: Any) -> None:
    with pytest.raises(DeploymentError, match="permissions to call DeleteNetworkInterface on EC2"):
        aws.deploy("unplaced", placed(INTERFACES[0], INTERFACES[2]))
