"""What CloudFormation and Cloud Control read of resources: imports, drift, and its reversal."""

import json
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from tests.embedded.conftest import settled
from tests.embedded.gaps.templates import POLICY, attribute, document, function, ref

RETAINED = {"DeletionPolicy": "Retain"}


def drifted(aws: Any, stack: str) -> dict[str, set[str]]:
    """Each drifted resource's differing properties; the status where none differs."""
    cloudformation = aws.client("cloudformation")
    cloudformation.detect_stack_drift(StackName=stack)
    found = cloudformation.describe_stack_resource_drifts(StackName=stack)["StackResourceDrifts"]
    return {
        drift["LogicalResourceId"]: {
            difference["PropertyPath"] for difference in drift.get("PropertyDifferences", ())
        }
        or {drift["StackResourceDriftStatus"]}
        for drift in found
        if drift["StackResourceDriftStatus"] != "IN_SYNC"
    }


def change_set(aws: Any, stack: str, kind: str, resources: Any, **parameters: Any) -> Any:
    cloudformation = aws.client("cloudformation")
    created = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="reviewed",
        ChangeSetType=kind,
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **parameters,
    )
    named = {"ChangeSetName": created["Id"]}
    settled(lambda: str(cloudformation.describe_change_set(**named)["Status"]))
    return cloudformation.describe_change_set(**named)


def executed(aws: Any, found: Any) -> str:
    cloudformation, named = aws.client("cloudformation"), {"ChangeSetName": found["ChangeSetId"]}
    cloudformation.execute_change_set(**named)
    settled(lambda: str(cloudformation.describe_change_set(**named)["ExecutionStatus"]))
    return str(aws.status(found["StackName"]))


def imported(aws: Any, stack: str, resources: Any, identifiers: dict[str, Any]) -> Any:
    listed = [
        {
            "LogicalResourceId": name,
            "ResourceType": resources[name]["Type"],
            "ResourceIdentifier": identifier,
        }
        for name, identifier in identifiers.items()
    ]
    return change_set(aws, stack, "IMPORT", resources, ResourcesToImport=listed)


WATCHED = {
    "Set": {
        "Type": "AWS::SES::ConfigurationSet",
        "Properties": {"Name": "drifting", "DeliveryOptions": {"TlsPolicy": "REQUIRE"}},
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {
            "GroupDescription": "watched",
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/8"}
            ],
        },
    },
    "User": {
        "Type": "AWS::IAM::User",
        "Properties": {
            "UserName": "drifting",
            "Policies": [{"PolicyName": "look", "PolicyDocument": POLICY}],
        },
    },
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 90}},
}


def test_what_was_just_deployed_has_not_drifted(aws: Any) -> None:
    unnamed = {name: {"Type": WATCHED[name]["Type"]} for name in ("Set", "User")}
    aws.deploy("in-sync", WATCHED | unnamed)
    assert drifted(aws, "in-sync") == {}


def test_each_change_behind_the_stacks_back_is_seen(aws: Any, pristine: Any) -> None:
    for side in (aws, pristine):
        outputs = side.deploy("drifting", WATCHED, Group=ref("Group"), Logs=ref("Logs"))
        side.client("sesv2").put_configuration_set_delivery_options(
            ConfigurationSetName="drifting", TlsPolicy="OPTIONAL"
        )
        side.client("ec2").authorize_security_group_ingress(
            GroupId=outputs["Group"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        )
        side.client("iam").delete_user_policy(UserName="drifting", PolicyName="look")
    assert drifted(aws, "drifting") == {
        "Set": {"/DeliveryOptions/TlsPolicy"},
        "Group": {"/SecurityGroupIngress/1"},
        "User": {"/Policies"},
    }
    assert drifted(pristine, "drifting") == {}


def rules_of(aws: Any, group: str) -> set[str]:
    """The blocks and groups that a security group lets in."""
    (found,) = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return {
        other.get("CidrIp") or other["GroupId"]
        for rule in found["IpPermissions"]
        for other in (*rule["IpRanges"], *rule["UserIdGroupPairs"])
    }


PORT = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
BLOCKS = ("10.1.0.0/16", "10.2.0.0/16")


def group(*blocks: str) -> dict[str, Any]:
    rules = [{**PORT, "CidrIp": block, "Description": block} for block in blocks]
    properties = {"GroupDescription": "rules", "SecurityGroupIngress": rules}
    return {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}


def apart(of: str, source: str) -> dict[str, Any]:
    ends = {name: attribute("GroupId", of=name) for name in (of, source)}
    properties = {**PORT, "GroupId": ends[of], "SourceSecurityGroupId": ends[source]}
    return {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}


class TestRulesOfGroups:
    RESOURCES: ClassVar[dict[str, Any]] = {
        "Database": group(*BLOCKS),
        "Bastion": group(),
        "In": apart("Database", "Bastion"),
        "Itself": apart("Bastion", "Bastion"),
    }

    def test_those_declared_apart_are_as_declared_and_stay_when_others_are_taken_back(
        self, aws: Any
    ) -> None:
        ids = {name: attribute("GroupId", of=name) for name in ("Database", "Bastion")}
        outputs = aws.deploy("rules-apart", self.RESOURCES, **ids)
        assert drifted(aws, "rules-apart") == {}
        rule = {**PORT, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
        for name in ids:
            aws.client("ec2").authorize_security_group_ingress(
                GroupId=outputs[name], IpPermissions=[rule]
            )
        # An empty list of rules is not compared: only what stands beside the declared is.
        assert drifted(aws, "rules-apart").keys() == {"Database"}
        mode = {"DeploymentMode": "REVERT_DRIFT"}
        executed(aws, change_set(aws, "rules-apart", "UPDATE", self.RESOURCES, **mode))
        assert rules_of(aws, outputs["Database"]) == {*BLOCKS, outputs["Bastion"]}

    def test_those_that_one_call_authorized_in_another_order_are_alike(self, aws: Any) -> None:
        ec2, resources = aws.client("ec2"), {"Group": group(*BLOCKS)}
        made = aws.deploy("rules-alike", resources, Group=ref("Group"))["Group"]
        (before,) = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]
        ec2.revoke_security_group_ingress(GroupId=made, IpPermissions=before["IpPermissions"])
        ranges = [{"CidrIp": block, "Description": block} for block in reversed(BLOCKS)]
        ec2.authorize_security_group_ingress(
            GroupId=made, IpPermissions=[{**PORT, "IpRanges": ranges}]
        )
        assert drifted(aws, "rules-alike") == {}
        ec2.authorize_security_group_ingress(GroupId=made, CidrIp="203.0.113.0/24", **PORT)
        mode = {"DeploymentMode": "REVERT_DRIFT"}
        executed(aws, change_set(aws, "rules-alike", "UPDATE", resources, **mode))
        assert drifted(aws, "rules-alike") == {}
        assert rules_of(aws, made) == {*BLOCKS}


def session(idle: str) -> dict[str, Any]:
    inputs = {"idleSessionTimeout": idle}
    return {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}


ELSEWHERE = {"Bucket": "watched-trail"}
OBSERVING: dict[str, dict[str, Any]] = {
    "Trail": {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "TrailName": "watched",
            "S3BucketName": ELSEWHERE["Bucket"],
            "IsLogging": True,
            "EnableLogFileValidation": True,
        },
    },
    "Document": {
        "Type": "AWS::SSM::Document",
        "Properties": {"DocumentType": "Session", "Name": "watched", "Content": session("20")},
    },
    "Identity": {
        "Type": "AWS::SES::EmailIdentity",
        "Properties": {"EmailIdentity": "watched.example.org"},
    },
    "Tenant": {
        "Type": "AWS::SES::Tenant",
        "DependsOn": ["Identity"],
        "Properties": {
            "TenantName": "watched",
            "ReputationEntity": {
                "Policy": {
                    "ReputationEntityPolicy": "arn:aws:ses:us-east-1:aws:reputation-policy/strict"
                }
            },
            "ResourceAssociations": [
                {"ResourceArn": ("arn:aws:ses:us-east-1:123456789012:identity/watched.example.org")}
            ],
        },
    },
}


def test_trails_documents_and_tenants_are_compared_and_taken_back(aws: Any) -> None:
    aws.client("s3").create_bucket(**ELSEWHERE)
    aws.deploy("watching", OBSERVING)
    assert drifted(aws, "watching") == {}
    aws.client("cloudtrail").stop_logging(Name="watched")
    ssm, ses = aws.client("ssm"), aws.client("sesv2")
    version = ssm.update_document(Name="watched", Content=json.dumps(session("60")))
    assert drifted(aws, "watching").keys() == {"Trail"}
    number = version["DocumentDescription"]["DocumentVersion"]
    ssm.update_document_default_version(Name="watched", DocumentVersion=number)
    arn = ses.get_tenant(TenantName="watched")["Tenant"]["TenantArn"]
    ses.update_reputation_entity_policy(
        ReputationEntityType="RESOURCE",
        ReputationEntityReference=arn,
        ReputationEntityPolicy="arn:aws:ses:us-east-1:aws:reputation-policy/none",
    )
    assert drifted(aws, "watching") == {
        "Trail": {"/IsLogging"},
        "Document": {"/Content/inputs/idleSessionTimeout"},
        "Tenant": {"/ReputationEntity/Policy/ReputationEntityPolicy"},
    }
    found = change_set(aws, "watching", "UPDATE", OBSERVING, DeploymentMode="REVERT_DRIFT")
    assert executed(aws, found) == "UPDATE_COMPLETE"
    assert drifted(aws, "watching") == {}


ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "runs",
        "AssumeRolePolicyDocument": document(
            {
                "Effect": "Allow",
                "Principal": {
                    "Service": [
                        f"{name}.amazonaws.com" for name in ("ec2", "lambda", "scheduler", "states")
                    ]
                },
                "Action": "sts:AssumeRole",
            }
        ),
    },
}
PASSES = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
FAILS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Fail"}}})
RUNNING: dict[str, dict[str, Any]] = {
    "Role": ROLE,
    "Function": {
        **function("def handler(event, context): ..."),
        "Properties": {
            **function("def handler(event, context): ...")["Properties"],
            "FunctionName": "runs",
            "Timeout": 5,
            "Environment": {"Variables": {"LEVEL": "info"}},
        },
    },
    "Invocation": {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": ref("Function"),
            "Qualifier": "$LATEST",
            "MaximumEventAgeInSeconds": 600,
        },
    },
    "Machine": {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "StateMachineName": "runs",
            "RoleArn": attribute("Arn", of="Role"),
            "DefinitionString": PASSES,
        },
    },
    "Schedule": {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "Name": "runs",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": ref("Machine"), "RoleArn": attribute("Arn", of="Role")},
        },
    },
    "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [ref("Role")]}},
    "Instance": {
        "Type": "AWS::EC2::Instance",
        "Properties": {
            "ImageId": "ami-0123456789abcdef0",
            "InstanceType": "t4g.nano",
            "IamInstanceProfile": ref("Profile"),
        },
    },
    "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "runs"}},
    "Policy": {
        "Type": "AWS::SecretsManager::ResourcePolicy",
        "Properties": {
            "SecretId": ref("Secret"),
            "ResourcePolicy": document(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                }
            ),
        },
    },
}


def test_what_runs_and_as_which_role_is_compared_and_taken_back(aws: Any) -> None:
    aws.deploy("running", RUNNING)
    assert drifted(aws, "running") == {}
    aws.client("lambda").update_function_configuration(
        FunctionName="runs", Timeout=900, Environment={"Variables": {"LEVEL": "debug"}}
    )
    machines, schedules = aws.client("stepfunctions"), aws.client("scheduler")
    (machine,) = (
        item["stateMachineArn"]
        for item in machines.list_state_machines()["stateMachines"]
        if item["name"] == "runs"
    )
    machines.update_state_machine(stateMachineArn=machine, definition=FAILS)
    properties = {**schedules.get_schedule(Name="runs"), "ScheduleExpression": "rate(1 minute)"}
    named = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    schedules.update_schedule(**{name: properties[name] for name in named})
    (instance,) = (
        item["PhysicalResourceId"]
        for item in aws.cloudformation.describe_stack_resources(StackName="running")[
            "StackResources"
        ]
        if item["LogicalResourceId"] == "Instance"
    )
    aws.client("ec2").terminate_instances(InstanceIds=[instance])
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName="runs", Qualifier="$LATEST", MaximumEventAgeInSeconds=60
    )
    aws.client("secretsmanager").delete_resource_policy(SecretId="runs")
    assert drifted(aws, "running") == {
        "Policy": {"DELETED"},
        "Function": {"/Environment/Variables/LEVEL", "/Timeout"},
        "Instance": {"DELETED"},
        "Invocation": {"/MaximumEventAgeInSeconds"},
        "Machine": {"/DefinitionString"},
        "Schedule": {"/ScheduleExpression"},
    }
    found = change_set(aws, "running", "UPDATE", RUNNING, DeploymentMode="REVERT_DRIFT")
    assert executed(aws, found) == "UPDATE_COMPLETE"
    assert drifted(aws, "running") == {}


def test_what_was_deleted_is_seen(aws: Any) -> None:
    aws.deploy("deleted", {"Set": {**WATCHED["Set"], "Properties": {"Name": "deleted"}}})
    aws.client("sesv2").delete_configuration_set(ConfigurationSetName="deleted")
    assert drifted(aws, "deleted") == {"Set": {"DELETED"}}


def test_a_drift_aware_change_set_takes_back_what_was_changed(aws: Any, pristine: Any) -> None:
    resources = {"Set": {**WATCHED["Set"], "Properties": {**SET, "Name": "reverted"}}}
    ses = aws.client("sesv2")
    for side in (aws, pristine):
        side.deploy("reverted", resources)
        side.client("sesv2").put_configuration_set_delivery_options(
            ConfigurationSetName="reverted", TlsPolicy="OPTIONAL"
        )
    found = change_set(aws, "reverted", "UPDATE", resources, DeploymentMode="REVERT_DRIFT")
    assert [change["ResourceChange"]["LogicalResourceId"] for change in found["Changes"]] == ["Set"]
    assert executed(aws, found) == "UPDATE_COMPLETE"
    options = ses.get_configuration_set(ConfigurationSetName="reverted")["DeliveryOptions"]
    assert options["TlsPolicy"] == "REQUIRE"
    assert drifted(aws, "reverted") == {}
    other = change_set(pristine, "reverted", "UPDATE", resources, DeploymentMode="REVERT_DRIFT")
    assert other["Status"] == "FAILED"


SET: dict[str, Any] = {"DeliveryOptions": {"TlsPolicy": "REQUIRE"}}


def test_a_user_that_somebody_made_is_imported_with_what_it_has(aws: Any, pristine: Any) -> None:
    resources = {
        "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "by-hand"}, **RETAINED}
    }
    for side in (aws, pristine):
        side.client("iam").create_user(UserName="by-hand")
    key = aws.client("iam").create_access_key(UserName="by-hand")["AccessKey"]["AccessKeyId"]
    found = imported(aws, "by-hand", resources, {"User": {"UserName": "by-hand"}})
    assert executed(aws, found) == "IMPORT_COMPLETE"
    keys = aws.client("iam").list_access_keys(UserName="by-hand")["AccessKeyMetadata"]
    assert [item["AccessKeyId"] for item in keys] == [key]
    other = imported(pristine, "by-hand", resources, {"User": {"UserName": "by-hand"}})
    assert other["ExecutionStatus"] == "UNAVAILABLE"


def test_an_import_is_refused_for_the_reasons_that_cloudformation_has(aws: Any) -> None:
    """Without a DeletionPolicy, with changed outputs, and of what another stack has."""
    cloudformation, name = aws.client("cloudformation"), {"UserName": "of-a-stack"}
    user = {"Type": "AWS::IAM::User", "Properties": name}
    aws.deploy("owner", {"User": user})
    with pytest.raises(ClientError, match="must have DeletionPolicy attribute"):
        imported(aws, "taker", {"User": user}, {"User": name})
    entry = {"LogicalResourceId": "User", "ResourceType": user["Type"], "ResourceIdentifier": name}
    outputs = {"Name": {"Value": "new"}}
    with pytest.raises(ClientError, match=r"you cannot modify or add \[Outputs\]"):
        cloudformation.create_change_set(
            StackName="owner",
            ChangeSetName="frozen",
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps({"Resources": {"User": user}, "Outputs": outputs}),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            ResourcesToImport=[entry],
        )
    found = imported(aws, "taker", {"User": {**user, **RETAINED}}, {"User": name})
    assert found["Status"] == "FAILED"
    assert "of-a-stack already exists in stack arn:aws:cloudformation" in found["StatusReason"]


def test_an_import_is_refused_with_properties_that_the_schema_does_not_take(aws: Any) -> None:
    group = {"Type": "AWS::EC2::SecurityGroup", **RETAINED}
    made = aws.client("ec2").create_security_group(GroupName="plain", Description="plain")
    for properties, fault in (
        ({"GroupName": "plain"}, "required key [GroupDescription] not found"),
        ({"GroupDescription": "plain", "Ports": []}, "extraneous key [Ports] is not permitted"),
    ):
        resources = {"Group": {**group, "Properties": properties}}
        found = imported(
            aws, f"with-{len(properties)}", resources, {"Group": {"Id": made["GroupId"]}}
        )
        assert found["Status"] == "FAILED"
        assert fault in found["StatusReason"]


def test_an_import_takes_the_templates_word_and_drift_says_what_differs(aws: Any) -> None:
    """CloudFormation compares no values: the resource stays as it is."""
    ses, name = aws.client("sesv2"), {"ConfigurationSetName": "mismatched"}
    ses.create_configuration_set(**name, DeliveryOptions={"TlsPolicy": "OPTIONAL"})
    properties = {"Name": "mismatched", "DeliveryOptions": {"TlsPolicy": "REQUIRE"}}
    resources = {
        "Set": {"Type": "AWS::SES::ConfigurationSet", "Properties": properties, **RETAINED}
    }
    found = imported(aws, "mismatched", resources, {"Set": {"Name": "mismatched"}})
    assert executed(aws, found) == "IMPORT_COMPLETE"
    assert ses.get_configuration_set(**name)["DeliveryOptions"]["TlsPolicy"] == "OPTIONAL"
    assert drifted(aws, "mismatched") == {"Set": {"/DeliveryOptions/TlsPolicy"}}


def test_an_attribute_of_what_was_imported_is_known(aws: Any) -> None:
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = aws.client("ec2").create_security_group(
        GroupName="by-hand", Description="by hand", VpcId=vpc
    )["GroupId"]
    properties = {"GroupName": "by-hand", "GroupDescription": "by hand", "VpcId": vpc}
    resources = {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties, **RETAINED}}
    found = imported(aws, "group-by-hand", resources, {"Group": {"Id": group}})
    assert executed(aws, found) == "IMPORT_COMPLETE"
    resources["Logs"] = WATCHED["Logs"]
    outputs = aws.deploy("group-by-hand", resources, Group={"Fn::GetAtt": ["Group", "GroupId"]})
    assert outputs == {"Group": group}


def test_what_is_not_there_cannot_be_imported(aws: Any) -> None:
    resources = {
        "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "nobody"}, **RETAINED}
    }
    found = imported(aws, "nobody", resources, {"User": {"UserName": "nobody"}})
    assert found["Status"] == "FAILED"
    assert "nobody" in found["StatusReason"]


def test_cloud_control_reads_what_others_made(aws: Any, pristine: Any) -> None:
    for side in (aws, pristine):
        side.client("ses").create_receipt_rule_set(RuleSetName="by-hand")
    control = aws.client("cloudcontrol")
    listed = control.list_resources(TypeName="AWS::SES::ReceiptRuleSet")["ResourceDescriptions"]
    assert "by-hand" in [item["Identifier"] for item in listed]
    found = control.get_resource(TypeName="AWS::SES::ReceiptRuleSet", Identifier="by-hand")
    assert json.loads(found["ResourceDescription"]["Properties"]) == {"RuleSetName": "by-hand"}
    control = pristine.client("cloudcontrol")
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_resource(TypeName="AWS::SES::ReceiptRuleSet", Identifier="by-hand")


def test_a_secret_is_read_without_what_it_holds(aws: Any) -> None:
    arn = aws.client("secretsmanager").create_secret(Name="read", SecretString="hidden")["ARN"]
    control = aws.client("cloudcontrol")
    found = control.get_resource(TypeName="AWS::SecretsManager::Secret", Identifier=arn)
    assert "hidden" not in found["ResourceDescription"]["Properties"]


class TestWhoeverAsks:
    """A user who may call CloudFormation and Cloud Control, and read groups of logs."""

    ACTIONS = ("cloudformation:*", "logs:Describe*", "logs:List*", "logs:Get*")
    RESOURCES: ClassVar[dict[str, Any]] = {
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "asked"}},
        "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "asked"}},
    }

    @pytest.fixture(scope="class")
    @classmethod
    def asking(cls, aws: Any) -> dict[str, str]:
        aws.deploy("asked", cls.RESOURCES)
        return user_who_may(aws, *cls.ACTIONS)

    def test_cloud_control_reads_what_they_may_read(self, aws: Any, asking: dict[str, str]) -> None:
        control = aws.client("cloudcontrol", **asking)
        control.get_resource(TypeName="AWS::Logs::LogGroup", Identifier="asked")
        refused = r"AccessDeniedException.*iam:\w+User"
        with pytest.raises(ClientError, match=refused):
            control.get_resource(TypeName="AWS::IAM::User", Identifier="asked")
        with pytest.raises(ClientError, match=refused):
            control.list_resources(TypeName="AWS::IAM::User")

    def test_the_state_of_what_they_may_not_read_is_unknown(
        self, aws: Any, asking: dict[str, str]
    ) -> None:
        cloudformation = aws.client("cloudformation", **asking)
        cloudformation.detect_stack_drift(StackName="asked")
        drifts = cloudformation.describe_stack_resource_drifts(StackName="asked")
        found = {
            drift["LogicalResourceId"]: drift["StackResourceDriftStatus"]
            for drift in drifts["StackResourceDrifts"]
        }
        assert found == {"Logs": "IN_SYNC", "User": "UNKNOWN"}

    def test_ministack_still_asks_for_no_more(self, pristine: Any) -> None:
        asking = user_who_may(pristine, *self.ACTIONS)
        pristine.deploy("asked", {"Queue": {"Type": "AWS::SQS::Queue"}})
        cloudformation = pristine.client("cloudformation", **asking)
        cloudformation.detect_stack_drift(StackName="asked")
        drifts = cloudformation.describe_stack_resource_drifts(StackName="asked")
        (found,) = drifts["StackResourceDrifts"]
        assert found["StackResourceDriftStatus"] == "IN_SYNC"


def user_who_may(where: Any, *actions: str) -> dict[str, str]:
    """Credentials of a user who may do these."""
    iam, name = where.client("iam"), "asks"
    iam.create_user(UserName=name)
    allowed = document({"Effect": "Allow", "Action": [*actions], "Resource": "*"})
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(allowed))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
