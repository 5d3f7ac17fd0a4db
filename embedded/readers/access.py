"""Users, groups, roles and policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.readers.reader import (
    Clients,
    Properties,
    Reader,
    document,
    pages,
    picked,
    tags,
)


def _users(clients: Clients) -> Iterator[tuple[str, ...]]:
    for user in pages(clients("iam"), "list_users", "Users"):
        yield (user["UserName"],)


def _user(clients: Clients, name: str) -> Properties:
    iam = clients("iam")
    found = iam.get_user(UserName=name)["User"]
    groups = iam.list_groups_for_user(UserName=name)["Groups"]
    return {
        **picked(found, "UserName", "Path"),
        "Groups": [group["GroupName"] for group in groups] or None,
        "ManagedPolicyArns": _attached(iam, "user", UserName=name),
        "Policies": _inline(iam, "user", UserName=name),
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Tags": tags(iam.list_user_tags(UserName=name)["Tags"]),
    }


def _attached(iam: Any, kind: str, **named: str) -> list[str] | None:
    found = pages(iam, f"list_attached_{kind}_policies", "AttachedPolicies", **named)
    return [policy["PolicyArn"] for policy in found] or None


def _inline(iam: Any, kind: str, **named: str) -> list[Properties] | None:
    """Policies that stand in the principal itself."""
    found = []
    for name in pages(iam, f"list_{kind}_policies", "PolicyNames", **named):
        answer = getattr(iam, f"get_{kind}_policy")(PolicyName=name, **named)
        found.append({"PolicyName": name, "PolicyDocument": document(answer["PolicyDocument"])})
    return found or None


def _user_arn(clients: Clients, name: str) -> Properties:
    return {"Arn": clients("iam").get_user(UserName=name)["User"]["Arn"]}


def _groups(clients: Clients) -> Iterator[tuple[str, ...]]:
    for group in pages(clients("iam"), "list_groups", "Groups"):
        yield (group["GroupName"],)


def _group(clients: Clients, name: str) -> Properties:
    iam = clients("iam")
    return {
        **picked(iam.get_group(GroupName=name)["Group"], "GroupName", "Path"),
        "ManagedPolicyArns": _attached(iam, "group", GroupName=name),
        "Policies": _inline(iam, "group", GroupName=name),
    }


def _roles(clients: Clients) -> Iterator[tuple[str, ...]]:
    for role in pages(clients("iam"), "list_roles", "Roles"):
        yield (role["RoleName"],)


def _role(clients: Clients, name: str) -> Properties:
    iam = clients("iam")
    found = iam.get_role(RoleName=name)["Role"]
    return {
        **picked(found, "RoleName", "Path", "MaxSessionDuration"),
        "Description": found.get("Description") or None,
        "AssumeRolePolicyDocument": document(found["AssumeRolePolicyDocument"]),
        "ManagedPolicyArns": _attached(iam, "role", RoleName=name),
        "Policies": _inline(iam, "role", RoleName=name),
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Tags": tags(iam.list_role_tags(RoleName=name)["Tags"]),
    }


def _role_arn(clients: Clients, name: str) -> Properties:
    return picked(clients("iam").get_role(RoleName=name)["Role"], "Arn", "RoleId")


def _policies(clients: Clients) -> Iterator[tuple[str, ...]]:
    for policy in pages(clients("iam"), "list_policies", "Policies", Scope="Local"):
        yield (policy["Arn"],)


def _policy(clients: Clients, arn: str) -> Properties:
    iam = clients("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
    holders = iam.list_entities_for_policy(PolicyArn=arn)
    return {
        "ManagedPolicyName": found["PolicyName"],
        "Path": found.get("Path"),
        "Description": found.get("Description") or None,
        "PolicyDocument": document(version["PolicyVersion"]["Document"]),
        "Users": [user["UserName"] for user in holders["PolicyUsers"]] or None,
        "Groups": [group["GroupName"] for group in holders["PolicyGroups"]] or None,
        "Roles": [role["RoleName"] for role in holders["PolicyRoles"]] or None,
    }


def _user_policies(clients: Clients) -> Iterator[tuple[str, ...]]:
    for (user,) in _users(clients):
        for name in pages(clients("iam"), "list_user_policies", "PolicyNames", UserName=user):
            yield (name, user)


def _user_policy(clients: Clients, name: str, user: str) -> Properties:
    found = clients("iam").get_user_policy(PolicyName=name, UserName=user)
    return {
        "PolicyName": name,
        "UserName": user,
        "PolicyDocument": document(found["PolicyDocument"]),
    }


def _providers(clients: Clients) -> Iterator[tuple[str, ...]]:
    for provider in clients("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        yield (provider["Arn"],)


def _provider(clients: Clients, arn: str) -> Properties:
    iam = clients("iam")
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {
        # IAM keeps the issuer without its scheme.
        "Url": f"https://{found['Url'].removeprefix('https://')}",
        "ClientIdList": found.get("ClientIDList"),
        "Tags": tags(found.get("Tags")),
    }


_PRINCIPAL = {"ManagedPolicyArns", "Path", "Policies", "PermissionsBoundary", "Tags"}

READERS = {
    "AWS::IAM::User": Reader(
        ("UserName",), frozenset({"UserName", "Groups", *_PRINCIPAL}), _users, _user, _user_arn
    ),
    "AWS::IAM::Group": Reader(
        ("GroupName",),
        frozenset({"GroupName", "Path", "ManagedPolicyArns", "Policies"}),
        _groups,
        _group,
    ),
    "AWS::IAM::Role": Reader(
        ("RoleName",),
        frozenset(
            {
                "RoleName",
                "Description",
                "MaxSessionDuration",
                "AssumeRolePolicyDocument",
                *_PRINCIPAL,
            }
        ),
        _roles,
        _role,
        _role_arn,
    ),
    "AWS::IAM::ManagedPolicy": Reader(
        ("PolicyArn",),
        frozenset(
            {
                "ManagedPolicyName",
                "Path",
                "Description",
                "PolicyDocument",
                "Users",
                "Groups",
                "Roles",
            }
        ),
        _policies,
        _policy,
    ),
    "AWS::IAM::UserPolicy": Reader(
        ("PolicyName", "UserName"),
        frozenset({"PolicyName", "UserName", "PolicyDocument"}),
        _user_policies,
        _user_policy,
    ),
    "AWS::IAM::OIDCProvider": Reader(
        ("Arn",), frozenset({"Url", "ClientIdList", "Tags"}), _providers, _provider
    ),
}
