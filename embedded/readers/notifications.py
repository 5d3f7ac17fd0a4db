"""Topics, subscriptions, alarms, event rules and logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from embedded.readers.reader import (
    Clients,
    NotFoundError,
    Properties,
    Reader,
    document,
    first,
    optional,
    pages,
    picked,
    tags,
)


def _topics(clients: Clients) -> Iterator[tuple[str, ...]]:
    for topic in pages(clients("sns"), "list_topics", "Topics"):
        yield (topic["TopicArn"],)


def _topic(clients: Clients, arn: str) -> Properties:
    sns = clients("sns")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return {
        "TopicName": arn.rpartition(":")[2],
        "DisplayName": found.get("DisplayName") or None,
        "KmsMasterKeyId": found.get("KmsMasterKeyId") or None,
        "Tags": tags(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
    }


def _topic_policy(clients: Clients, arn: str) -> Properties:
    found = clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {"TopicArn": arn, "PolicyDocument": document(found["Policy"])}


def _queues(clients: Clients) -> Iterator[tuple[str, ...]]:
    for url in clients("sqs").list_queues().get("QueueUrls", []):
        yield (url,)


def _queue(clients: Clients, url: str) -> Properties:
    sqs = clients("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    listed = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
    return {
        "QueueName": found["QueueArn"].rpartition(":")[2],
        "MessageRetentionPeriod": int(found["MessageRetentionPeriod"]),
        "SqsManagedSseEnabled": found.get("SqsManagedSseEnabled") == "true",
        "Tags": tags([{"Key": key, "Value": value} for key, value in listed.items()]),
    }


def _queue_arn(clients: Clients, url: str) -> Properties:
    found = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return {"QueueUrl": url, "Arn": found["Attributes"]["QueueArn"]}


def _subscriptions(clients: Clients) -> Iterator[tuple[str, ...]]:
    for item in pages(clients("sns"), "list_subscriptions", "Subscriptions"):
        if item["SubscriptionArn"].startswith("arn:"):
            yield (item["SubscriptionArn"],)


def _subscription(clients: Clients, arn: str) -> Properties:
    """One that nobody confirmed yet has no ARN, and AWS says so where the ARN would be."""
    if not arn.startswith("arn:"):
        raise NotFoundError
    sns = clients("sns")
    listed = pages(sns, "list_subscriptions", "Subscriptions")
    subscription = first(item for item in listed if item["SubscriptionArn"] == arn)
    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    policy = found.get("FilterPolicy")
    return {
        **picked(subscription, "TopicArn", "Protocol", "Endpoint"),
        "FilterPolicy": json.loads(policy) if policy else None,
        "FilterPolicyScope": found.get("FilterPolicyScope") if policy else None,
    }


_ALARM = (
    "AlarmName",
    "AlarmDescription",
    "AlarmActions",
    "OKActions",
    "ComparisonOperator",
    "Dimensions",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
    "Metrics",
)


def _alarms(clients: Clients) -> Iterator[tuple[str, ...]]:
    for alarm in pages(clients("cloudwatch"), "describe_alarms", "MetricAlarms"):
        yield (alarm["AlarmName"],)


def _alarm(clients: Clients, name: str) -> Properties:
    client = clients("cloudwatch")
    found = first(client.describe_alarms(AlarmNames=[name])["MetricAlarms"])
    listed = optional(lambda: client.list_tags_for_resource(ResourceARN=found["AlarmArn"]))
    return {**picked(found, *_ALARM), "Tags": tags((listed or {}).get("Tags"))}


def _rules(clients: Clients) -> Iterator[tuple[str, ...]]:
    for rule in pages(clients("events"), "list_rules", "Rules"):
        yield (rule["Arn"],)


def _rule(clients: Clients, name: str) -> Properties:
    """A rule of the default bus. CloudFormation keeps its name, or its ARN."""
    events = clients("events")
    name = name.rpartition("/")[2]
    found = events.describe_rule(Name=name)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    pattern = found.get("EventPattern")
    return {
        **picked(found, "ScheduleExpression", "State"),
        "Name": name,
        "Description": found.get("Description") or None,
        "EventPattern": json.loads(pattern) if pattern else None,
        "Targets": targets or None,
        "Tags": tags(
            (optional(lambda: events.list_tags_for_resource(ResourceARN=found["Arn"])) or {}).get(
                "Tags"
            )
        ),
    }


def _log_groups(clients: Clients) -> Iterator[tuple[str, ...]]:
    for group in pages(clients("logs"), "describe_log_groups", "logGroups"):
        yield (group["logGroupName"],)


def _log_group(clients: Clients, name: str) -> Properties:
    logs = clients("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = first(group for group in groups if group["logGroupName"] == name)
    listed = logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))["tags"]
    return {
        "LogGroupName": name,
        "RetentionInDays": found.get("retentionInDays"),
        "KmsKeyId": found.get("kmsKeyId"),
        "Tags": tags([{"Key": key, "Value": value} for key, value in listed.items()]),
    }


def _log_group_arn(clients: Clients, name: str) -> Properties:
    groups = clients("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = first(group for group in groups if group["logGroupName"] == name)
    return {"Arn": f"{found['arn'].removesuffix(':*')}:*"}


def _topic_name(_: Clients, arn: str) -> Properties:
    return {"TopicArn": arn, "TopicName": arn.rpartition(":")[2]}


def _log_policies(clients: Clients) -> Iterator[tuple[str, ...]]:
    for policy in pages(clients("logs"), "describe_resource_policies", "resourcePolicies"):
        yield (policy["policyName"],)


def _log_policy(clients: Clients, name: str) -> Properties:
    found: Any = pages(clients("logs"), "describe_resource_policies", "resourcePolicies")
    policy = first(item for item in found if item["policyName"] == name)
    # CloudFormation takes the document as text.
    return {"PolicyName": name, "PolicyDocument": policy["policyDocument"]}


READERS = {
    "AWS::SNS::Topic": Reader(
        ("TopicArn",),
        frozenset({"TopicName", "DisplayName", "KmsMasterKeyId", "Tags"}),
        _topics,
        _topic,
        _topic_name,
    ),
    "AWS::SNS::TopicInlinePolicy": Reader(
        ("TopicArn",), frozenset({"TopicArn", "PolicyDocument"}), _topics, _topic_policy
    ),
    "AWS::SQS::Queue": Reader(
        ("QueueUrl",),
        frozenset({"QueueName", "MessageRetentionPeriod", "SqsManagedSseEnabled", "Tags"}),
        _queues,
        _queue,
        _queue_arn,
    ),
    "AWS::SNS::Subscription": Reader(
        ("Arn",),
        frozenset({"TopicArn", "Protocol", "Endpoint", "FilterPolicy", "FilterPolicyScope"}),
        _subscriptions,
        _subscription,
    ),
    "AWS::CloudWatch::Alarm": Reader(("AlarmName",), frozenset({*_ALARM, "Tags"}), _alarms, _alarm),
    "AWS::Events::Rule": Reader(
        ("Arn",),
        frozenset(
            {
                "Name",
                "Description",
                "EventPattern",
                "ScheduleExpression",
                "State",
                "Targets",
                "Tags",
            }
        ),
        _rules,
        _rule,
    ),
    "AWS::Logs::LogGroup": Reader(
        ("LogGroupName",),
        frozenset({"LogGroupName", "RetentionInDays", "KmsKeyId", "Tags"}),
        _log_groups,
        _log_group,
        _log_group_arn,
    ),
    "AWS::Logs::ResourcePolicy": Reader(
        ("PolicyName",), frozenset({"PolicyName", "PolicyDocument"}), _log_policies, _log_policy
    ),
}
