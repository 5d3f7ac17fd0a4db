"""Groups, providers, roles and instance profiles, and how a role's session is known."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import processes
from tests.embedded.gaps.templates import LAMBDA, POLICY, ROOT, attribute, document, ref, unless

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def client_of(aws: Any, service: str, role: str, path: str) -> tuple[str, Any]:
    """Make a role that may do anything, and a client of a session of it."""
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = document({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
    iam = aws.client("iam")
    made = iam.create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=json.dumps(document(ALL)))
    arn = made["Role"]["Arn"]
    session = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    credentials = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    return arn, aws.client(service, **credentials)


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

    def test_a_simulation_judges_by_its_context_on_each_resource(
        self, aws: Any, pristine: Any
    ) -> None:
        statement = {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": "arn:aws:ses:*:*:identity/example.org",
            "Condition": {
                "StringLike": {"ses:FromAddress": "noreply@*"},
                "ForAllValues:StringLike": {"ses:Recipients": ["*@example.net"]},
            },
        }
        for where in (aws, pristine):
            iam = where.client("iam")
            iam.create_user(UserName="simulated")
            policy = json.dumps(document(statement))
            iam.put_user_policy(UserName="simulated", PolicyName="send", PolicyDocument=policy)

        def decisions(where: Any, sender: str, *recipients: str, **more: str) -> list[str]:
            identities = ("example.org", "example.com")
            found = where.client("iam").simulate_principal_policy(
                PolicySourceArn="arn:aws:iam::123456789012:user/simulated",
                ActionNames=["ses:SendRawEmail"],
                ResourceArns=[f"arn:aws:ses:us-east-1:1:identity/{name}" for name in identities],
                ContextEntries=[
                    entry("ses:FromAddress", "string", sender),
                    entry("ses:Recipients", "stringList", *recipients),
                ],
                **more,
            )
            return [result["EvalDecision"] for result in found["EvaluationResults"]]

        def entry(key: str, kind: str, *values: str) -> dict[str, Any]:
            return {
                "ContextKeyName": key,
                "ContextKeyType": kind,
                "ContextKeyValues": [*values],
            }

        both = ("a@example.net", "b@example.net")
        assert decisions(aws, "noreply@example.org", *both) == ["allowed", "implicitDeny"]
        assert decisions(aws, "ceo@example.org", *both) == ["implicitDeny", "implicitDeny"]
        other = (*both, "c@example.com")
        assert decisions(aws, "noreply@example.org", *other) == ["implicitDeny", "implicitDeny"]
        theirs = {"Effect": "Allow", "Principal": "*", "Action": "ses:*", "Resource": "*"}
        opened = json.dumps(document(theirs))
        assert decisions(aws, "ceo@example.org", ResourcePolicy=opened) == ["allowed", "allowed"]
        closed = json.dumps(document(theirs | {"Effect": "Deny"}))
        denied = decisions(aws, "noreply@example.org", *both, ResourcePolicy=closed)
        assert denied == ["explicitDeny", "explicitDeny"]
        assert decisions(pristine, "noreply@example.org", *both) == ["implicitDeny"]

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


class TestRootSessions:
    def assumed(self, aws: Any, role: str, **whose: str) -> str:
        arn, _ = client_of(aws, "sts", role, "/")
        made = aws.client("sts", **whose).assume_role(RoleArn=arn, RoleSessionName="test")
        return str(made["AssumedRoleUser"]["Arn"]).rpartition(":")[2]

    def test_the_root_user_assumes_no_role(self, aws: Any) -> None:
        with pytest.raises(ClientError, match="Roles may not be assumed by root accounts"):
            self.assumed(aws, "not-for-root", **ROOT)
        assert self.assumed(aws, "for-an-administrator") == "assumed-role/for-an-administrator/test"

    def test_ministack_still_lets_it(self, pristine: Any) -> None:
        assert self.assumed(pristine, "for-root", **ROOT) == "assumed-role/for-root/test"


class TestTrustedPrincipals:
    def asking(self, where: Any, name: str) -> Callable[[str, str], Any]:
        """Make a role that trusts a new user, and return how that user asks for a role."""
        iam = where.client("iam")
        user = iam.create_user(UserName=name)["User"]["Arn"]
        named = {"Principal": {"AWS": user}, "Action": "sts:AssumeRole"}
        session = {"Condition": {"StringEquals": {"sts:RoleSessionName": name}}}
        trust = json.dumps(document({"Effect": "Allow", **named, **session}))

        def is_known() -> bool:
            with suppress(ClientError):
                iam.create_role(RoleName=f"of-{name}", AssumeRolePolicyDocument=trust)
                return True
            return False

        assert processes.until(is_known, 10)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        sts = where.client(
            "sts",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        roles = "arn:aws:iam::123456789012:role"
        return lambda role, name: sts.assume_role(RoleArn=f"{roles}/{role}", RoleSessionName=name)

    def test_whom_a_trust_names_needs_no_permission(self, aws: Any) -> None:
        ask = self.asking(aws, "trusted")
        assert ask("of-trusted", "trusted")["Credentials"]
        client_of(aws, "sts", "of-the-account", "/")
        for role, name in (("of-trusted", "another"), ("of-the-account", "trusted")):
            with pytest.raises(ClientError, match="AccessDenied"):
                ask(role, name)

    def test_ministack_still_asks_for_one(self, pristine: Any) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            self.asking(pristine, "trusted")("of-trusted", "trusted")


class TestPrincipalArn:
    @pytest.fixture(params=["/", "/teams/platform/"])
    def path(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def read(self, aws: Any, path: str) -> str:
        name = f"reader{path.replace('/', '-')}"
        role, client = client_of(aws, "secretsmanager", name, path)
        secret = client.create_secret(Name=f"of-{name}", SecretString="{}")["ARN"]
        client.put_resource_policy(SecretId=secret, ResourcePolicy=json.dumps(unless(role)))
        return str(client.get_secret_value(SecretId=secret)["SecretString"])

    def test_a_session_is_known_by_its_roles_arn(self, aws: Any, path: str) -> None:
        assert self.read(aws, path) == "{}"

    def test_ministack_still_knows_it_by_the_sessions(self, pristine: Any) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            self.read(pristine, "/")
