"""The type `AWS::EC2::Instance`. No machine runs behind it."""

from __future__ import annotations

import time
from typing import Any

from embedded.gaps._calls import call, element, flattened, true
from embedded.gaps._ministack import Created, Properties, provisioners, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has instances, each in its subnet's zone and block.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ec2-instance.html"
    ),
    ministack="It has the API, not the type, and invents the zone and the addresses.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::EC2::Instance"
GIVEN = ("ImageId", "InstanceType", "KeyName", "SubnetId", "UserData", "PrivateIpAddress")
REPLACING = ("ImageId", "KeyName", "SubnetId", "PrivateIpAddress", "AvailabilityZone")


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=REPLACING)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    given = _launch_template(properties) | properties
    given |= _first_interface(given)
    request = {name: str(given[name]) for name in GIVEN if name in given}
    groups = flattened("SecurityGroupId", given.get("SecurityGroupIds", []))
    request |= {name.replace(".member", ""): group for name, group in groups.items()}
    if "IamInstanceProfile" in given:
        request["IamInstanceProfile.Name"] = given["IamInstanceProfile"]
    identifier = element(call("ec2", "_run_instances", request), "instanceId")
    _place(_record(identifier), given)
    return _update(identifier, {}, properties, stack)


def _update(identifier: str, old: Properties, new: Properties, stack: str) -> Created:
    instance = _record(identifier)
    instance["InstanceType"] = new.get("InstanceType", instance["InstanceType"])
    provisioners._ec2_apply_tags(identifier, new, old)
    return identifier, {
        "InstanceId": identifier,
        "VpcId": instance["VpcId"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "PrivateIp": instance["PrivateIpAddress"],
        "PrivateDnsName": instance["PrivateDnsName"],
        "PublicIp": instance["PublicIpAddress"],
        "PublicDnsName": instance["PublicDnsName"],
    }


def _delete(identifier: str, properties: Properties) -> None:
    ec2 = service("ec2")
    if identifier in ec2._instances:
        call("ec2", "_terminate_instances", {"InstanceId.1": identifier})
        # AWS lists a terminated instance for an hour, ministack only while its tags last.
        ec2._instances[identifier].setdefault("_terminated_at", time.time())


def _record(identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = service("ec2")._instances[identifier]
    return found


def _place(instance: dict[str, Any], given: Properties) -> None:
    """ministack invents the addresses; a subnet decides on the zone, and whether one is public."""
    subnet = service("ec2")._subnets.get(instance["SubnetId"])
    if subnet is None:
        return
    instance["Placement"]["AvailabilityZone"] = subnet["AvailabilityZone"]
    prefix = subnet["CidrBlock"].rpartition(".")[0]
    if "PrivateIpAddress" not in given:
        instance["PrivateIpAddress"] = f"{prefix}.{instance['PrivateIpAddress'].rpartition('.')[2]}"
    if not given.get("AssociatePublicIpAddress", subnet["MapPublicIpOnLaunch"]):
        instance.update(PublicIpAddress="", PublicDnsName="")


def _first_interface(given: Properties) -> Properties:
    """Where an instance names interfaces, they have its subnet, groups and public address."""
    for interface in given.get("NetworkInterfaces") or []:
        public = interface.get("AssociatePublicIpAddress")
        return {
            "SubnetId": interface.get("SubnetId", given.get("SubnetId")),
            "SecurityGroupIds": interface.get("GroupSet", []),
            **({} if public is None else {"AssociatePublicIpAddress": true(public)}),
        }
    return {}


def _launch_template(properties: Properties) -> Properties:
    named = properties.get("LaunchTemplate") or {}
    for template in service("ec2")._launch_templates.values():
        if template["LaunchTemplateId"] == named.get("LaunchTemplateId") or (
            template["LaunchTemplateName"] == named.get("LaunchTemplateName")
        ):
            return _flat(template["Versions"][-1]["LaunchTemplateData"])
    return {}


def _flat(data: Properties) -> Properties:
    """A launch template's data in an instance's own properties."""
    profile = data.get("IamInstanceProfile") or {}
    name = profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]
    return {**data, **({"IamInstanceProfile": name} if name else {})}
