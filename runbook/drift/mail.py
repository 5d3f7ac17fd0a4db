"""Who hears of mail beside the declared, who may send as us, and what becomes of received mail."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runbook.changes.template.values import Template
from runbook.drift.deployed import Deployed
from runbook.drift.statements import is_default, undeclared

Found = Iterator[tuple[str, object]]
TOPIC_POLICIES = ("AWS::SNS::TopicInlinePolicy", "AWS::SNS::TopicPolicy")
DESTINATION = "AWS::SES::ConfigurationSetEventDestination"


def of_topic(stack: Deployed, topic: str, properties: Template) -> Found:
    """Yield who else hears of a topic, or may use it."""
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


def of_identity(stack: Deployed, identity: str, properties: Template) -> Found:
    """Yield policies by which others send as an identity: CloudFormation has no type for them.

    <https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html>
    """
    names = stack.ses.list_identity_policies(Identity=identity)["PolicyNames"]
    for start in range(0, len(names), 20):  # which is all that SES answers at once
        some = names[start : start + 20]
        found = stack.ses.get_identity_policies(Identity=identity, PolicyNames=some)["Policies"]
        for policy in found.values():
            yield "has a policy that nobody declared", json.loads(policy)


def of_configuration_set(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield what else hears of a set's mail, or keeps it."""
    declared = {
        said["EventDestination"].get("Name")
        for _, _, said in stack.of(DESTINATION)
        if said.get("ConfigurationSetName") == name
    }
    answer = stack.sesv2.get_configuration_set_event_destinations(ConfigurationSetName=name)
    # SES leaves the list out of the answer for a set that has none.
    for destination in answer.get("EventDestinations", ()):
        if destination["Name"] not in declared:
            yield "has an event destination that nobody declared", destination
    found = stack.sesv2.get_configuration_set(ConfigurationSetName=name)
    archive = found.get("ArchivingOptions", {}).get("ArchiveArn")
    if archive and "ArchivingOptions" not in properties:
        yield "archives its mail, which nobody declared", archive


def of_rule_set(stack: Deployed, name: str, properties: Template) -> Found:
    """Yield what else becomes of received mail."""
    declared = {rule.rpartition("|")[2] for _, rule, _ in stack.of("AWS::SES::ReceiptRule")}
    for rule in stack.ses.describe_receipt_rule_set(RuleSetName=name)["Rules"]:
        if rule["Name"] not in declared:
            yield "has a receipt rule that nobody declared", rule
