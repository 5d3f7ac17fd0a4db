"""Each gap: closed in the embedded AWS, and still one in ministack. What is not, can go."""

import json
import subprocess
import sys
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from embedded.gaps import GAPS

ALLOWED = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [ALLOWED]}
LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ARM_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
NEW_TYPES = (
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::VPCCidrBlock",
    "AWS::IAM::Group",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::UserToGroupAddition",
    "AWS::SES::ReceiptRule",
    "AWS::SES::ReceiptRuleSet",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
)
TYPES_OF = """
import json
from embedded.gaps._ministack import HANDLERS
before = sorted(HANDLERS)
from embedded import gaps
gaps.install()
print(json.dumps([before, sorted(HANDLERS)]))
"""


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [of, name]}


@pytest.fixture(scope="session")
def types() -> tuple[set[str], set[str]]:
    """The resource types of ministack, and those of the embedded AWS."""
    output = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TYPES_OF],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    before, after = json.loads(output.splitlines()[-1])
    return set(before), set(after)


@pytest.mark.parametrize("resource_type", NEW_TYPES)
def test_ministack_still_lacks_the_type(
    resource_type: str, types: tuple[set[str], set[str]]
) -> None:
    before, after = types
    assert resource_type not in before
    assert resource_type in after


def test_every_type_that_is_added_is_named_here(types: tuple[set[str], set[str]]) -> None:
    before, after = types
    assert sorted(after - before) == sorted(NEW_TYPES)


def test_the_gaps_are_listed_in_order() -> None:
    assert list(GAPS) == sorted(GAPS)


class TestSecrets:
    SECRET: ClassVar[dict[str, Any]] = {
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"Name": "ref/secret"},
    }

    def test_ref_is_the_arn(self, aws: Any, pristine: Any) -> None:
        arn = aws.deploy("secret-ref", {"Secret": self.SECRET}, Ref=ref("Secret"))["Ref"]
        assert arn == aws.client("secretsmanager").describe_secret(SecretId="ref/secret")["ARN"]
        outputs = pristine.deploy("secret-ref", {"Secret": self.SECRET}, Ref=ref("Secret"))
        assert outputs == {"Ref": "ref/secret"}

    def test_a_secret_is_updated_in_place_and_deleted(self, aws: Any) -> None:
        secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "changing"}}
        before = aws.deploy("secret-change", {"Secret": secret}, Ref=ref("Secret"))
        described = {**secret, "Properties": {"Name": "changing", "Description": "new"}}
        assert aws.deploy("secret-change", {"Secret": described}, Ref=ref("Secret")) == before
        secrets = aws.client("secretsmanager")
        assert secrets.describe_secret(SecretId=before["Ref"])["Description"] == "new"
        assert aws.delete("secret-change") == "DELETE_COMPLETE"
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            secrets.describe_secret(SecretId="changing")

    def test_a_generated_password_excludes_what_it_should(self, aws: Any, pristine: Any) -> None:
        def password(where: Any) -> str:
            generate = {
                "SecretStringTemplate": '{"username": "postgres"}',
                "GenerateStringKey": "password",
                "PasswordLength": 200,
                "ExcludePunctuation": True,
                "ExcludeCharacters": "abc",
            }
            properties = {"Name": "generated", "GenerateSecretString": generate}
            resource = {"Type": "AWS::SecretsManager::Secret", "Properties": properties}
            where.deploy("generated", {"Secret": resource})
            value = where.client("secretsmanager").get_secret_value(SecretId="generated")
            secret = json.loads(value["SecretString"])
            assert secret["username"] == "postgres"
            return str(secret["password"])

        generated = password(aws)
        assert len(generated) == 200
        assert generated.isalnum()
        assert not set(generated) & set("abc")
        assert not password(pristine).isalnum()


class TestRotation:
    ROTATE = """
import boto3
def handler(event, context):
    secrets = boto3.client("secretsmanager")
    secret, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        secrets.put_secret_value(SecretId=secret, ClientRequestToken=token,
                                 SecretString="new", VersionStages=["AWSPENDING"])
    if event["Step"] == "finishSecret":
        versions = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
        current = next(v for v, stages in versions.items() if "AWSCURRENT" in stages)
        secrets.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT",
                                            MoveToVersionId=token, RemoveFromVersionId=current)
"""

    def resources(self, *, permitted: bool = True) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": ref("Secret")}
        policy = {
            "PolicyName": "rotates",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        }
        found: dict[str, Any] = {
            "Secret": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {"SecretString": "old"},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": LAMBDA, "Policies": [policy]},
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": attribute("Arn", of="Role"),
                    "Code": {"ZipFile": self.ROTATE},
                },
            },
            "Schedule": {
                "Type": "AWS::SecretsManager::RotationSchedule",
                "DependsOn": ["Permission"] if permitted else [],
                "Properties": {
                    "SecretId": ref("Secret"),
                    "RotationLambdaARN": attribute("Arn", of="Function"),
                    "RotationRules": {"AutomaticallyAfterDays": 30},
                    "RotateImmediatelyOnUpdate": False,
                },
            },
        }
        if permitted:
            found["Permission"] = {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": ref("Function"),
                    "Action": "lambda:InvokeFunction",
                    "Principal": "secretsmanager.amazonaws.com",
                },
            }
        return found

    def test_the_function_rotates_the_secret(self, aws: Any) -> None:
        arn = aws.deploy("rotation", self.resources(), Secret=ref("Secret"))["Secret"]
        secrets = aws.client("secretsmanager")
        assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "old"
        version = secrets.rotate_secret(SecretId=arn)["VersionId"]
        rotated = processes.until(
            lambda: secrets.get_secret_value(SecretId=arn)["SecretString"] == "new", 20
        )
        assert rotated
        assert secrets.get_secret_value(SecretId=arn)["VersionId"] == version
        previous = secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")
        assert previous["SecretString"] == "old"
        assert processes.until(
            lambda: "LastRotatedDate" in secrets.describe_secret(SecretId=arn), 20
        )
        shown = secrets.describe_secret(SecretId=arn)
        assert shown["RotationRules"] == {"AutomaticallyAfterDays": 30}
        assert (shown["NextRotationDate"] - shown["LastRotatedDate"]).days == 30
        assert aws.delete("rotation") == "DELETE_COMPLETE"

    def test_a_function_that_may_not_be_called_fails_the_schedule(self, aws: Any) -> None:
        with pytest.raises(Exception, match="cannot invoke the specified Lambda function"):
            aws.deploy("unpermitted", self.resources(permitted=False))

    def test_ministack_still_rotates_without_the_function(self, pristine: Any) -> None:
        secrets = pristine.client("secretsmanager")
        secrets.create_secret(Name="rotating", SecretString="old")
        arn = "arn:aws:lambda:us-east-1:123456789012:function:missing"
        secrets.rotate_secret(SecretId="rotating", RotationLambdaARN=arn)
        versions = secrets.describe_secret(SecretId="rotating")["VersionIdsToStages"]
        assert ["AWSCURRENT"] in versions.values()
        assert len(versions) == 2


class TestIdentities:
    def test_a_groups_policies_hold_for_its_users(self, aws: Any) -> None:
        inline = {"PolicyName": "inline", "PolicyDocument": POLICY}
        resources = {
            "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "member"}},
            "Managed": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"ManagedPolicyName": "managed", "PolicyDocument": POLICY},
            },
            "Group": {
                "Type": "AWS::IAM::Group",
                "Properties": {
                    "GroupName": "members",
                    "Policies": [inline],
                    "ManagedPolicyArns": [ref("Managed")],
                },
            },
            "Members": {
                "Type": "AWS::IAM::UserToGroupAddition",
                "Properties": {"GroupName": ref("Group"), "Users": [ref("User")]},
            },
        }
        arn = aws.deploy("group", resources, Arn=attribute("Arn", of="Group"))["Arn"]
        iam = aws.client("iam")
        group = iam.get_group(GroupName="members")
        assert group["Group"]["Arn"] == arn
        assert [user["UserName"] for user in group["Users"]] == ["member"]
        attached = iam.list_attached_group_policies(GroupName="members")["AttachedPolicies"]
        assert [policy["PolicyName"] for policy in attached] == ["managed"]
        key = iam.create_access_key(UserName="member")["AccessKey"]
        member = aws.client(
            "s3",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        assert "Buckets" in member.list_buckets()
        iam.delete_access_key(UserName="member", AccessKeyId=key["AccessKeyId"])

        del resources["Members"]
        resources["Group"]["Properties"] = {"GroupName": "members"}
        aws.deploy("group", resources)
        assert not iam.get_group(GroupName="members")["Users"]
        assert not iam.list_attached_group_policies(GroupName="members")["AttachedPolicies"]
        assert not iam.list_group_policies(GroupName="members")["PolicyNames"]
        assert aws.delete("group") == "DELETE_COMPLETE"

    def test_a_group_with_users_is_not_deleted(self, aws: Any) -> None:
        group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "crowded"}}
        aws.deploy("crowded", {"Group": group})
        iam = aws.client("iam")
        iam.create_user(UserName="outsider")
        iam.add_user_to_group(GroupName="crowded", UserName="outsider")
        assert aws.delete("crowded") == "DELETE_FAILED"
        assert "must remove users from group first" in " ".join(aws.failures("crowded"))

    def test_an_oidc_provider_is_read_back(self, aws: Any) -> None:
        provider = {
            "Type": "AWS::IAM::OIDCProvider",
            "Properties": {
                "Url": "https://token.actions.githubusercontent.com",
                "ClientIdList": ["sts.amazonaws.com"],
            },
        }
        arn = aws.deploy("oidc", {"Provider": provider}, Arn=ref("Provider"))["Arn"]
        iam = aws.client("iam")
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        assert found["ClientIDList"] == ["sts.amazonaws.com"]
        assert aws.delete("oidc") == "DELETE_COMPLETE"
        assert not iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]

    def test_a_role_keeps_its_boundary(self, aws: Any, pristine: Any) -> None:
        resources = {
            "Boundary": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"ManagedPolicyName": "boundary", "PolicyDocument": POLICY},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "bounded",
                    "AssumeRolePolicyDocument": LAMBDA,
                    "PermissionsBoundary": ref("Boundary"),
                },
            },
        }
        for where in (aws, pristine):
            where.deploy("bounded", resources)
        role = aws.client("iam").get_role(RoleName="bounded")["Role"]
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("policy/boundary")
        assert (
            "PermissionsBoundary" not in pristine.client("iam").get_role(RoleName="bounded")["Role"]
        )

    def test_ref_of_an_instance_profile_is_its_name(self, aws: Any, pristine: Any) -> None:
        profile = {
            "Type": "AWS::IAM::InstanceProfile",
            "Properties": {"InstanceProfileName": "profile", "Roles": []},
        }
        assert aws.deploy("profile", {"Profile": profile}, Ref=ref("Profile")) == {"Ref": "profile"}
        assert aws.delete("profile") == "DELETE_COMPLETE"
        assert not aws.client("iam").list_instance_profiles()["InstanceProfiles"]
        outputs = pristine.deploy("profile", {"Profile": profile}, Ref=ref("Profile"))
        assert outputs["Ref"].startswith("arn:")


class TestAlarms:
    MATH: ClassVar[dict[str, Any]] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "quota",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 0.8,
            "Metrics": [
                {"Id": "share", "Expression": "sent / 200", "ReturnData": True},
                {
                    "Id": "sent",
                    "ReturnData": False,
                    "MetricStat": {
                        "Metric": {"Namespace": "AWS/SES", "MetricName": "Send"},
                        "Period": 3600,
                        "Stat": "Sum",
                    },
                },
            ],
        },
    }

    def test_metric_math_is_kept_and_a_composite_alarm_follows_it(self, aws: Any) -> None:
        composite = {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {
                "AlarmName": "any",
                "AlarmRule": {"Fn::Sub": "ALARM(${Math})"},
            },
        }
        aws.deploy("alarms", {"Math": self.MATH, "Any": composite})
        cloudwatch = aws.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=["quota"])["MetricAlarms"]
        assert [metric["Id"] for metric in alarm["Metrics"]] == ["share", "sent"]
        assert "MetricName" not in alarm
        cloudwatch.set_alarm_state(AlarmName="quota", StateValue="ALARM", StateReason="tested")
        found = cloudwatch.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])
        assert found["CompositeAlarms"][0]["StateValue"] == "ALARM"
        assert aws.delete("alarms") == "DELETE_COMPLETE"

    def test_ministack_still_refuses_metric_math(self, pristine: Any) -> None:
        with pytest.raises(Exception, match="metric math"):
            pristine.deploy("alarms", {"Math": self.MATH})


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
            "Gateway": {
                "Type": "AWS::EC2::EgressOnlyInternetGateway",
                "Properties": {"VpcId": ref("Vpc")},
            },
        }
        outputs = aws.deploy("ipv6", resources, Vpc=ref("Vpc"), Subnet=ref("Subnet"))
        ec2 = aws.client("ec2")
        (vpc,) = ec2.describe_vpcs(VpcIds=[outputs["Vpc"]])["Vpcs"]
        (block,) = vpc["Ipv6CidrBlockAssociationSet"]
        assert block["Ipv6CidrBlock"].endswith("::/56")
        (subnet,) = ec2.describe_subnets(SubnetIds=[outputs["Subnet"]])["Subnets"]
        assert subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].endswith("::/64")
        gateways = ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]
        assert [g["Attachments"][0]["VpcId"] for g in gateways] == [outputs["Vpc"]]
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
        assert not trails.describe_trails()["trailList"]

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


class TestBuckets:
    BUCKET: ClassVar[dict[str, Any]] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "a-backup-bucket",
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "delete-after-30-days",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                    }
                ]
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": "alias/aws/s3",
                        },
                    }
                ]
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}},
            },
            "Tags": [{"Key": "team", "Value": "platform"}],
        },
    }

    def test_its_properties_are_read_back(self, aws: Any) -> None:
        aws.deploy("bucket", {"Bucket": self.BUCKET})
        s3, named = aws.client("s3"), {"Bucket": "a-backup-bucket"}
        (rule,) = s3.get_bucket_lifecycle_configuration(**named)["Rules"]
        assert rule["Expiration"] == {"Days": 30}
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
        encryption = s3.get_bucket_encryption(**named)["ServerSideEncryptionConfiguration"]
        default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/aws/s3"}
        ownership = s3.get_bucket_ownership_controls(**named)["OwnershipControls"]
        assert ownership["Rules"] == [{"ObjectOwnership": "ObjectWriter"}]
        lock = s3.get_object_lock_configuration(**named)["ObjectLockConfiguration"]
        assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}
        tags = s3.get_bucket_tagging(**named)["TagSet"]
        assert {"Key": "team", "Value": "platform"} in tags
        assert {"Key": "aws:cloudformation:stack-name", "Value": "bucket"} in tags

    def test_a_write_that_names_kms_takes_the_accounts_key(self, aws: Any, pristine: Any) -> None:
        given = {"Bucket": "kms-bucket", "Key": "key", "ServerSideEncryption": "aws:kms"}
        for where in (aws, pristine):
            where.client("s3").create_bucket(Bucket="kms-bucket")
        written = aws.client("s3").put_object(**given)
        assert written["SSEKMSKeyId"].endswith(":alias/aws/s3")
        with pytest.raises(Exception, match="requires a key id"):
            pristine.client("s3").put_object(**given)

    def test_a_lifecycle_that_is_dropped_is_gone(self, aws: Any) -> None:
        rules = self.BUCKET["Properties"]["LifecycleConfiguration"]
        bucket: dict[str, Any] = {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": "b-backup-bucket", "LifecycleConfiguration": rules},
        }
        aws.deploy("dropping", {"Bucket": bucket})
        del bucket["Properties"]["LifecycleConfiguration"]
        aws.deploy("dropping", {"Bucket": bucket})
        s3 = aws.client("s3")
        with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
            s3.get_bucket_lifecycle_configuration(Bucket="b-backup-bucket")

    def test_a_marker_rule_with_days_fails_as_on_aws(self, aws: Any) -> None:
        rule = {"Status": "Enabled", "ExpirationInDays": 1, "ExpiredObjectDeleteMarker": True}
        bucket = {
            "Type": "AWS::S3::Bucket",
            "Properties": {"LifecycleConfiguration": {"Rules": [rule]}},
        }
        with pytest.raises(Exception, match="ExpiredObjectDeleteMarker cannot be specified"):
            aws.deploy("marker", {"Bucket": bucket})

    def test_ministack_still_drops_them(self, pristine: Any) -> None:
        pristine.deploy("bucket", {"Bucket": self.BUCKET})
        s3, named = pristine.client("s3"), {"Bucket": "a-backup-bucket"}
        for lost in ("lifecycle_configuration", "tagging"):
            with pytest.raises(s3.exceptions.ClientError, match="NoSuch"):
                getattr(s3, f"get_bucket_{lost}")(**named)
        with pytest.raises(s3.exceptions.ClientError, match="ObjectLockConfigurationNotFound"):
            s3.get_object_lock_configuration(**named)
        ownership = s3.get_bucket_ownership_controls(**named)["OwnershipControls"]
        assert ownership["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
