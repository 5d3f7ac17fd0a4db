"""Networks and instances, with what is logged of them."""

from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from tests.embedded.gaps.templates import attribute, ref

ARM_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


class TestNetwork:
    VPC: ClassVar[dict[str, Any]] = {
        "Type": "AWS::EC2::VPC",
        "Properties": {"CidrBlock": "10.9.0.0/16"},
    }

    def group(self, description: str) -> dict[str, Any]:
        properties = {"GroupDescription": description, "VpcId": ref("Vpc")}
        return {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}

    def test_two_groups_can_name_each_other(self, aws: Any) -> None:
        port = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
        resources = {
            "Vpc": self.VPC,
            "Database": self.group("database"),
            "Bastion": self.group("bastion"),
            "In": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {
                    **port,
                    "GroupId": attribute("GroupId", of="Database"),
                    "SourceSecurityGroupId": attribute("GroupId", of="Bastion"),
                },
            },
            "Out": {
                "Type": "AWS::EC2::SecurityGroupEgress",
                "Properties": {
                    **port,
                    "GroupId": attribute("GroupId", of="Bastion"),
                    "DestinationSecurityGroupId": attribute("GroupId", of="Database"),
                },
            },
        }
        groups = {"Database": ref("Database"), "Bastion": ref("Bastion")}
        outputs = aws.deploy("groups", resources, **groups)
        ec2 = aws.client("ec2")

        def rules(group: str, permissions: str) -> list[str]:
            (found,) = ec2.describe_security_groups(GroupIds=[outputs[group]])["SecurityGroups"]
            pairs = [pair for rule in found[permissions] for pair in rule["UserIdGroupPairs"]]
            return [pair["GroupId"] for pair in pairs]

        assert rules("Database", "IpPermissions") == [outputs["Bastion"]]
        assert rules("Bastion", "IpPermissionsEgress") == [outputs["Database"]]
        del resources["In"], resources["Out"]
        aws.deploy("groups", resources, **groups)
        assert rules("Database", "IpPermissions") == []
        assert aws.delete("groups") == "DELETE_COMPLETE"

    def test_a_vpc_has_ipv6_blocks(self, aws: Any) -> None:
        first = {"Fn::Select": [0, attribute("Ipv6CidrBlocks", of="Vpc")]}
        resources = {
            "Vpc": self.VPC,
            "Block": {
                "Type": "AWS::EC2::VPCCidrBlock",
                "Properties": {"VpcId": ref("Vpc"), "AmazonProvidedIpv6CidrBlock": True},
            },
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "DependsOn": "Block",
                "Properties": {
                    "VpcId": ref("Vpc"),
                    "CidrBlock": "10.9.1.0/24",
                    "Ipv6CidrBlock": {"Fn::Select": [0, {"Fn::Cidr": [first, 1, 64]}]},
                },
            },
        }
        outputs = aws.deploy("ipv6", resources, Vpc=ref("Vpc"), Subnet=ref("Subnet"))
        ec2 = aws.client("ec2")
        (vpc,) = ec2.describe_vpcs(VpcIds=[outputs["Vpc"]])["Vpcs"]
        (block,) = vpc["Ipv6CidrBlockAssociationSet"]
        assert block["Ipv6CidrBlock"].endswith("::/56")
        (subnet,) = ec2.describe_subnets(SubnetIds=[outputs["Subnet"]])["Subnets"]
        assert subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("::/64")
        assert aws.delete("ipv6") == "DELETE_COMPLETE"

    def test_a_flow_log_and_a_trail_are_read_back(self, aws: Any) -> None:
        resources = {
            "Vpc": self.VPC,
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "FlowLog": {
                "Type": "AWS::EC2::FlowLog",
                "Properties": {
                    "ResourceId": ref("Vpc"),
                    "ResourceType": "VPC",
                    "TrafficType": "REJECT",
                    "LogDestinationType": "s3",
                    "LogDestination": attribute("Arn", of="Bucket"),
                },
            },
            "Trail": {
                "Type": "AWS::CloudTrail::Trail",
                "Properties": {
                    "TrailName": "audit",
                    "S3BucketName": ref("Bucket"),
                    "IsLogging": True,
                    "EnableLogFileValidation": True,
                    "EventSelectors": [{"ReadWriteType": "WriteOnly"}],
                },
            },
        }
        vpc = aws.deploy("logs", resources, Vpc=ref("Vpc"))["Vpc"]
        (log,) = aws.client("ec2").describe_flow_logs()["FlowLogs"]
        assert (log["ResourceId"], log["TrafficType"]) == (vpc, "REJECT")
        trails = aws.client("cloudtrail")
        assert trails.get_trail_status(Name="audit")["IsLogging"]
        assert trails.get_trail(Name="audit")["Trail"]["LogFileValidationEnabled"]
        (selector,) = trails.get_event_selectors(TrailName="audit")["EventSelectors"]
        assert selector["ReadWriteType"] == "WriteOnly"
        assert aws.delete("logs") == "DELETE_COMPLETE"
        assert not aws.client("ec2").describe_flow_logs()["FlowLogs"]
        assert "audit" not in {trail["Name"] for trail in trails.describe_trails()["trailList"]}

    def test_an_instance_is_in_its_subnet_with_its_profile(self, aws: Any) -> None:
        resources = {
            "Vpc": self.VPC,
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": ref("Vpc"),
                    "CidrBlock": "10.9.7.0/24",
                    "AvailabilityZone": "us-east-1b",
                },
            },
            "Group": self.group("bastion"),
            "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": []}},
            "Instance": {
                "Type": "AWS::EC2::Instance",
                "Properties": {
                    "ImageId": "ami-12345678",
                    "InstanceType": "t4g.nano",
                    "SubnetId": ref("Subnet"),
                    "SecurityGroupIds": [attribute("GroupId", of="Group")],
                    "IamInstanceProfile": ref("Profile"),
                    "Tags": [{"Key": "Name", "Value": "bastion"}],
                },
            },
        }
        outputs = aws.deploy(
            "instance", resources, Id=ref("Instance"), Profile=attribute("Arn", of="Profile")
        )
        ec2 = aws.client("ec2")

        def described() -> Any:
            found = ec2.describe_instances(InstanceIds=[outputs["Id"]])["Reservations"]
            return found[0]["Instances"][0]

        instance = described()
        assert instance["IamInstanceProfile"]["Arn"] == outputs["Profile"]
        assert instance["PrivateIpAddress"].startswith("10.9.7.")
        assert instance["Placement"]["AvailabilityZone"] == "us-east-1b"
        assert not instance.get("PublicIpAddress")
        assert {"Key": "Name", "Value": "bastion"} in instance["Tags"]
        assert aws.delete("instance") == "DELETE_COMPLETE"
        assert described()["State"]["Name"] == "terminated"

    def test_an_instances_interface_has_its_subnet_groups_and_public_address(
        self, aws: Any
    ) -> None:
        interface = {
            "DeviceIndex": "0",
            "SubnetId": ref("Subnet"),
            "GroupSet": [attribute("GroupId", of="Group")],
            "AssociatePublicIpAddress": True,
        }
        resources = {
            "Vpc": self.VPC,
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": ref("Vpc"), "CidrBlock": "10.9.7.0/24"},
            },
            "Group": self.group("bastion"),
            "Instance": {
                "Type": "AWS::EC2::Instance",
                "Properties": {
                    "ImageId": f"{{{{resolve:ssm:{ARM_IMAGE}}}}}",
                    "InstanceType": "t4g.nano",
                    "NetworkInterfaces": [interface],
                },
            },
        }
        outputs = aws.deploy(
            "interface", resources, Id=ref("Instance"), Group=attribute("GroupId", of="Group")
        )
        found = aws.client("ec2").describe_instances(InstanceIds=[outputs["Id"]])
        instance = found["Reservations"][0]["Instances"][0]
        assert instance["PrivateIpAddress"].startswith("10.9.7.")
        assert instance["PublicIpAddress"]
        assert [group["GroupId"] for group in instance["SecurityGroups"]] == [outputs["Group"]]
        assert aws.delete("interface") == "DELETE_COMPLETE"

    def test_ministack_still_lacks_the_image_for_arm(self, pristine: Any) -> None:
        with pytest.raises(ClientError, match="ParameterNotFound"):
            pristine.client("ssm").get_parameter(Name=ARM_IMAGE)
