"""Who gets at data beside the declared: of buckets, secrets, queues and logs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runbook.changes.template.values import Template
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there
from runbook.drift.statements import undeclared

Found = Iterator[tuple[str, object]]


def of_bucket(stack: Deployed, bucket: str, properties: Template) -> Found:
    """Yield who gets at objects, or copies of them. S3 has an error for each that there is not."""
    yield from while_there(_policy_of(stack, bucket))
    if "ReplicationConfiguration" not in properties:
        yield from while_there(_replication_of(stack, bucket))
    if "NotificationConfiguration" not in properties:
        told = stack.s3.get_bucket_notification_configuration(Bucket=bucket)
        if listeners := {k: v for k, v in told.items() if k != "ResponseMetadata"}:
            yield "has notifications that nobody declared", listeners


def _policy_of(stack: Deployed, bucket: str) -> Found:
    """Yield the policy of a bucket that is declared without one; others CloudFormation compares."""
    if any(said.get("Bucket") == bucket for _, _, said in stack.of("AWS::S3::BucketPolicy")):
        return
    policy = stack.s3.get_bucket_policy(Bucket=bucket)["Policy"]
    yield "has a policy that nobody declared", json.loads(policy)


def _replication_of(stack: Deployed, bucket: str) -> Found:
    found = stack.s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    yield "has a replication that nobody declared", found


def of_secret(stack: Deployed, secret: str, properties: Template) -> Found:
    """Yield who may read a secret, or gets it in turning it over."""
    yield from _policy_of_secret(stack, secret)
    found = stack.secrets.describe_secret(SecretId=secret)
    schedules = stack.of("AWS::SecretsManager::RotationSchedule")
    scheduled = any(said["SecretId"] == secret for _, _, said in schedules)
    if found.get("RotationEnabled") and not scheduled:
        yield "is rotated by a function that nobody declared", found.get("RotationLambdaARN")
    if "ReplicaRegions" not in properties:
        for copy in found.get("ReplicationStatus", ()):
            yield "has a copy that nobody declared", copy.get("Region")


def _policy_of_secret(stack: Deployed, secret: str) -> Found:
    """Yield the policy of a secret that is declared without one; others CloudFormation compares."""
    declared = stack.of("AWS::SecretsManager::ResourcePolicy")
    if any(said["SecretId"] == secret for _, _, said in declared):
        return
    policy = stack.secrets.get_resource_policy(SecretId=secret).get("ResourcePolicy")
    if policy:
        yield "has a policy that nobody declared", json.loads(policy)


def of_queue(stack: Deployed, url: str, properties: Template) -> Found:
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


def of_log_group(stack: Deployed, group: str, properties: Template) -> Found:
    """Yield where else its events go: each group may have two such filters."""
    for found in stack.logs.describe_subscription_filters(logGroupName=group)[
        "subscriptionFilters"
    ]:
        yield "has a subscription filter that nobody declared", found.get("destinationArn")
