"""What resources say of themselves: who may use them, call them, or take them on.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.access.identities import reference
from runbook.changes.access.policy import Statement, Test, allowed, read_or_mark
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template, at


class Policy(NamedTuple):
    """Where a type has its policy, and in which property the resource that it is about."""

    document: str
    about: str = ""
    """Empty for the resource itself."""


POLICIES: Mapping[str, Policy] = {
    "AWS::Backup::BackupVault": Policy("AccessPolicy"),
    "AWS::DynamoDB::Table": Policy("ResourcePolicy"),
    "AWS::EC2::VPCEndpoint": Policy("PolicyDocument"),
    "AWS::ECR::Repository": Policy("RepositoryPolicyText"),
    "AWS::EFS::FileSystem": Policy("FileSystemPolicy"),
    "AWS::Events::EventBusPolicy": Policy("Statement", "EventBusName"),
    "AWS::IAM::Role": Policy("AssumeRolePolicyDocument"),
    "AWS::KMS::Key": Policy("KeyPolicy"),
    "AWS::Logs::Destination": Policy("DestinationPolicy"),
    "AWS::Logs::LogGroup": Policy("ResourcePolicyDocument"),
    "AWS::Logs::ResourcePolicy": Policy("PolicyDocument"),
    "AWS::S3::AccessPoint": Policy("Policy"),
    "AWS::S3::BucketPolicy": Policy("PolicyDocument", "Bucket"),
    "AWS::SNS::TopicInlinePolicy": Policy("PolicyDocument", "TopicArn"),
    "AWS::SNS::TopicPolicy": Policy("PolicyDocument", "Topics"),
    "AWS::SQS::QueueInlinePolicy": Policy("PolicyDocument", "Queue"),
    "AWS::SQS::QueuePolicy": Policy("PolicyDocument", "Queues"),
    "AWS::SecretsManager::ResourcePolicy": Policy("ResourcePolicy", "SecretId"),
}
ACT_AS = "act as"
"""What something may do that has a role: all that the role may."""
SIGN_IN_AS = "sign in as "
"""What identities of a provider may do, and as which of its clients."""
UNLIMITED = "do everything, as it has no policy"
_OPEN = ("AWS::EC2::VPCEndpoint", "AWS::EFS::FileSystem")
"""What lets everything through where it has no policy.

<https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
<https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>
"""
_CALLER = {
    "EventSourceToken": "lambda:EventSourceToken",
    "FunctionUrlAuthType": "lambda:FunctionUrlAuthType",
    "OrganizationId": "aws:PrincipalOrgID",
    "PrincipalOrgID": "aws:PrincipalOrgID",
    "SourceAccount": "aws:SourceAccount",
    "SourceArn": "aws:SourceArn",
}


def statements(version: Reading) -> Iterator[Statement]:
    """Yield what the policies of resources allow and deny."""
    for logical_id, resource in version.resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        own = reference(logical_id)
        if policy := POLICIES.get(kind):
            document = _document(properties.get(policy.document))
            if document is None and kind in _OPEN:
                yield allowed("whoever reaches it", UNLIMITED, own, subject=own)
            about = _texts(properties.get(policy.about)) if policy.about else [own]
            for subject in about if document is not None else ():
                yield from read_or_mark(
                    document, who=f"whoever uses {own}", resource=subject, subject=subject
                )
        if reader := READERS.get(kind):
            yield from reader(own, properties)


def _document(value: JsonValue) -> JsonValue:
    """Return a policy: DynamoDB puts it below another key, EventBridge gives one statement."""
    if isinstance(value, dict) and {*value} == {"PolicyDocument"}:
        return value["PolicyDocument"]
    if isinstance(value, dict) and "Effect" in value:
        return {"Statement": [value]}
    return value


def _texts(value: JsonValue) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _permission(own: str, properties: Template) -> Iterator[Statement]:
    """Yield who may call a function: <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>."""
    tests = frozenset(
        Test("ArnLike" if name == "SourceArn" else "StringEquals", key.lower(), frozenset([value]))
        for name, key in _CALLER.items()
        if (value := str(properties.get(name, "")))
    )
    function = str(properties.get("FunctionName", own))
    who, action = str(properties.get("Principal")), str(properties.get("Action"))
    yield allowed(who, action, function, tests, function)


def _url(own: str, properties: Template) -> Iterator[Statement]:
    function = str(properties.get("TargetFunctionArn", own))
    anyone = properties.get("AuthType") != "AWS_IAM"
    yield allowed(
        "*" if anyone else "whoever IAM admits", "call by a URL", function, subject=function
    )


def _provider(own: str, properties: Template) -> Iterator[Statement]:
    where = str(properties.get("Url", own))
    for client in _texts(properties.get("ClientIdList", ["*"])):
        yield allowed(
            f"identities of {where}", f"{SIGN_IN_AS}{client}", "this account", subject=own
        )


def _acts_as(path: str) -> Callable[[str, Template], Iterator[Statement]]:
    """Read as whom something acts, or starts others: by the roles at a path."""

    def reader(own: str, properties: Template) -> Iterator[Statement]:
        for role in at(properties, path.split(".")):
            yield allowed(own, ACT_AS, str(role))

    return reader


def _subscription(own: str, properties: Template) -> Iterator[Statement]:
    who = str(properties.get("Endpoint", own))
    topic = str(properties.get("TopicArn"))
    yield allowed(who, "receive what is published", topic, subject=topic)


def _subscribed(own: str, properties: Template) -> Iterator[Statement]:
    for one in properties.get("Subscription", ()):
        if isinstance(one, dict):
            yield from _subscription(own, {**one, "TopicArn": own})


READERS: Mapping[str, Callable[[str, Template], Iterator[Statement]]] = {
    "AWS::CloudTrail::Trail": _acts_as("CloudWatchLogsRoleArn"),
    "AWS::EC2::Instance": _acts_as("IamInstanceProfile"),
    "AWS::Events::Rule": _acts_as("Targets.RoleArn"),
    "AWS::IAM::InstanceProfile": _acts_as("Roles"),
    "AWS::IAM::OIDCProvider": _provider,
    "AWS::IAM::SAMLProvider": _provider,
    "AWS::Lambda::Function": _acts_as("Role"),
    "AWS::Lambda::LayerVersionPermission": _permission,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Url": _url,
    "AWS::RDS::DBProxy": _acts_as("RoleArn"),
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _subscribed,
    "AWS::S3::Bucket": _acts_as("ReplicationConfiguration.Role"),
    "AWS::Scheduler::Schedule": _acts_as("Target.RoleArn"),
    "AWS::StepFunctions::StateMachine": _acts_as("RoleArn"),
}
