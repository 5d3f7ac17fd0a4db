"""What stands beside the declared, where CloudFormation does not look and attackers do.

Further policies, groups and keys of our users and roles, further rules of our security groups,
further subscriptions to our topics, statements in policies, and what runs in our functions: none of
them changes a property that a template names, or none that CloudFormation can read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from runbook.changes.template.values import Template
from runbook.drift import functions, principals
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there
from runbook.drift.statements import is_default, undeclared

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionOutputTypeDef

Found = Iterator[tuple[str, object]]
TOPIC_POLICIES = ("AWS::SNS::TopicInlinePolicy", "AWS::SNS::TopicPolicy")


def found(stack: Deployed) -> Iterator[Change]:
    """Yield what somebody added to what the stack made; then raise the first refusal of AWS."""
    refused: list[ClientError] = []
    for kind in LOOKS:
        for place, identifier, properties in stack.of(kind):
            try:
                yield from _found(stack, kind, place, identifier, properties)
            except ClientError as error:
                refused.append(error)
    if refused:
        raise refused[0]


def _found(
    stack: Deployed, kind: str, place: str, identifier: str, properties: Template
) -> Iterator[Change]:
    sort, look = LOOKS[kind]
    for what, now in while_there(look(stack, identifier, properties)):
        yield Change(
            stack=stack.name,
            region=stack.region,
            place=place,
            sort=sort,
            what=what,
            now=now,
            reversible=False,
        )


def _of_group(stack: Deployed, group: str, properties: Template) -> Found:
    """Yield rules beside those of their own resources. A group's own, CloudFormation compares.

    It does not compare an empty list of rules:
    <https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2091>
    """
    answer = stack.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    sides = {"Ingress": answer["IpPermissions"], "Egress": answer["IpPermissionsEgress"]}
    for side, permissions in sides.items():
        rules = [rule for _, _, rule in stack.of(f"AWS::EC2::SecurityGroup{side}")]
        declared = sum(group in (rule.get("GroupId"), _id(stack, rule)) for rule in rules)
        actual = [rule for rule in _rules(permissions) if side == "Ingress" or rule != EVERYWHERE]
        if len(actual) > declared and not properties.get(f"SecurityGroup{side}"):
            yield f"has {side.lower()} rules that nobody declared", actual


EVERYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""The rule with which every group begins: whatever is in it may connect to anything."""


def _rules(permissions: Sequence[IpPermissionOutputTypeDef]) -> Iterator[dict[str, object]]:
    """Yield a rule for each source or destination, as templates have them."""
    for permission in permissions:
        for other in (
            *permission.get("IpRanges", ()),
            *permission.get("Ipv6Ranges", ()),
            *permission.get("UserIdGroupPairs", ()),
            *permission.get("PrefixListIds", ()),
        ):
            yield {**_ports(permission), **other}


def _id(stack: Deployed, rule: Template) -> str:
    match rule.get("GroupId"):
        case {"Fn::GetAtt": [str(name), "GroupId"]}:
            return stack.ids.get(name, "")
    return ""


def _ports(permission: Mapping[str, object]) -> dict[str, object]:
    names = ("IpProtocol", "FromPort", "ToPort")
    return {name: permission[name] for name in names if name in permission}


def _of_topic(stack: Deployed, topic: str, properties: Template) -> Found:
    declared = {
        (subscription.get("Protocol"), subscription.get("Endpoint"))
        for _, _, subscription in stack.of("AWS::SNS::Subscription")
        if subscription.get("TopicArn") == topic
    }
    declared |= {
        (item.get("Protocol"), item.get("Endpoint")) for item in properties.get("Subscription", ())
    }
    pages = stack.sns.get_paginator("list_subscriptions_by_topic")
    for page in pages.paginate(TopicArn=topic):
        for item in page["Subscriptions"]:
            if (item["Protocol"], item["Endpoint"]) not in declared:
                yield "has a subscription that nobody declared", item["Endpoint"]

    yield from _publishers(stack, topic)


def _publishers(stack: Deployed, topic: str) -> Found:
    """Yield who may use a topic though no policy of the stack says so."""
    policies = [
        policy["PolicyDocument"]
        for _, _, policy in stack.of(*TOPIC_POLICIES)
        if topic in (policy.get("TopicArn"), *policy.get("Topics", ()))
    ]
    attributes = stack.sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    for statement in undeclared(attributes.get("Policy", "{}"), policies):
        if policies or not is_default(statement):
            yield "has a policy statement that nobody declared", statement


def _of_bucket(stack: Deployed, bucket: str, properties: Template) -> Found:
    """Yield the policy of a bucket that is declared without one; others CloudFormation compares."""
    if any(said.get("Bucket") == bucket for _, _, said in stack.of("AWS::S3::BucketPolicy")):
        return
    # Where there is none, S3 answers NoSuchBucketPolicy, which ends the look.
    policy = stack.s3.get_bucket_policy(Bucket=bucket)["Policy"]
    yield "has a policy that nobody declared", json.loads(policy)


def _of_secret(stack: Deployed, secret: str, properties: Template) -> Found:
    """Yield the policy of a secret that is declared without one; others CloudFormation compares."""
    declared = stack.of("AWS::SecretsManager::ResourcePolicy")
    if any(said["SecretId"] == secret for _, _, said in declared):
        return
    policy = stack.secrets.get_resource_policy(SecretId=secret).get("ResourcePolicy")
    if policy:
        yield "has a policy that nobody declared", json.loads(policy)


def _of_queue(stack: Deployed, url: str, properties: Template) -> Found:
    """Yield who may use a queue though no policy of the stack says so."""
    policies = [
        policy["PolicyDocument"]
        for _, _, policy in stack.of("AWS::SQS::QueuePolicy")
        if url in policy["Queues"]
    ]
    answer = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    policy = answer.get("Attributes", {}).get("Policy", "{}")
    for statement in undeclared(policy, policies):
        yield "has a policy statement that nobody declared", statement


Look = Callable[[Deployed, str, Template], Found]
LOOKS: Mapping[str, tuple[Sort, Look]] = {
    "AWS::IAM::Group": (Sort.ACCESS, principals.of_group),
    "AWS::IAM::User": (Sort.ACCESS, principals.of_user),
    "AWS::IAM::Role": (Sort.ACCESS, principals.of_role),
    "AWS::Lambda::Function": (Sort.ACCESS, functions.of_function),
    "AWS::SecretsManager::Secret": (Sort.ACCESS, _of_secret),
    "AWS::SQS::Queue": (Sort.ACCESS, _of_queue),
    "AWS::EC2::SecurityGroup": (Sort.NETWORK, _of_group),
    "AWS::S3::Bucket": (Sort.ACCESS, _of_bucket),
    "AWS::SNS::Topic": (Sort.MAIL, _of_topic),
}
"""What is looked at beside the properties of each type."""
