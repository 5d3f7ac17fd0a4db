"""Where data goes from what was there before: copies, mail, events and whoever is told of them.

A destination of a new bucket or topic is part of the new thing. One that is added to an old thing
takes data along that was never meant for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.access.identities import reference
from runbook.changes.review import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, bare, named_text
from settings.contract import CustomType


class _Way(NamedTuple):
    """Where a type names where its data goes, and from where; the resource itself unless named."""

    to: tuple[str, ...]
    of: str = ""


WAYS: Mapping[str, _Way] = {
    CustomType.IDENTITY_FEEDBACK: _Way(("Topic",)),
    "AWS::CloudTrail::Trail": _Way(("CloudWatchLogsLogGroupArn", "S3BucketName", "SnsTopicName")),
    "AWS::Events::Rule": _Way(("Targets.Arn",)),
    "AWS::Lambda::EventInvokeConfig": _Way(
        (
            "DestinationConfig.OnFailure.Destination",
            "DestinationConfig.OnSuccess.Destination",
        ),
        "FunctionName",
    ),
    "AWS::Route53::RecordSet": _Way(("AliasTarget.DNSName", "ResourceRecords")),
    "AWS::S3::Bucket": _Way(
        (
            "LoggingConfiguration.DestinationBucketName",
            "NotificationConfiguration.LambdaConfigurations.Function",
            "NotificationConfiguration.QueueConfigurations.Queue",
            "NotificationConfiguration.TopicConfigurations.Topic",
            "ReplicationConfiguration.Rules.Destination.Bucket",
        )
    ),
    "AWS::SES::ConfigurationSet": _Way(("TrackingOptions.CustomRedirectDomain",)),
    "AWS::SES::ConfigurationSetEventDestination": _Way(
        (
            "EventDestination.EventBridgeDestination.EventBusArn",
            "EventDestination.KinesisFirehoseDestination.DeliveryStreamARN",
            "EventDestination.SnsDestination.TopicARN",
        ),
        "ConfigurationSetName",
    ),
    "AWS::SES::ReceiptRule": _Way(
        (
            "Rule.Actions.BounceAction.TopicArn",
            "Rule.Actions.LambdaAction.FunctionArn",
            "Rule.Actions.S3Action.BucketName",
            "Rule.Actions.S3Action.TopicArn",
            "Rule.Actions.SNSAction.TopicArn",
            "Rule.Actions.WorkmailAction.OrganizationArn",
        ),
        "RuleSetName",
    ),
    "AWS::SNS::Subscription": _Way(("Endpoint",), "TopicArn"),
    "AWS::SNS::Topic": _Way(("Subscription.Endpoint",)),
    "AWS::SQS::Queue": _Way(("RedrivePolicy.deadLetterTargetArn",)),
    "AWS::Scheduler::Schedule": _Way(("Target.Arn",)),
}


def of_destinations(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield where data goes from now on, of what was there before."""
    places = {**before.places(), **after.places()}
    new = {reference(name) for name in {*after.resources} - {*before.resources}}
    trails = {
        reference(name)
        for name, resource in after.resources.items()
        if resource["Type"] == "AWS::CloudTrail::Trail"
    }  # what they take along is the account's, and was there before
    for source, destination in sorted({*_sent(after)} - {*_sent(before)}):
        old = source in trails and _whole(destination) not in new
        if source not in new or old:
            text = f"goes to {bare(named_text(destination, places))}"
            place = named_text(source, places)
            yield Finding(danger=Danger.SENDS, place=bare(place), text=text)


def _sent(version: Reading) -> Iterator[tuple[str, str]]:
    """Yield every source with where its data goes."""
    for name, resource in version.resources.items():
        if way := WAYS.get(resource["Type"]):
            properties = resource.get("Properties", {})
            if properties.get("Type") == "TXT":
                continue  # a text leads nowhere
            source = properties.get(way.of) if way.of else None
            for path in way.to:
                for destination in _at(properties, path.split(".")):
                    yield _whole(source) or reference(name), str(destination)


def _whole(source: JsonValue) -> str:
    """Return a source by its resource: `Topic.TopicArn` and `Topic` are the same one."""
    text = "" if source is None else str(source)
    if text.startswith(OPEN) and text.endswith(CLOSE):
        return reference(text.strip(OPEN + CLOSE).partition(".")[0])
    return text


def _at(value: JsonValue, path: list[str]) -> Iterator[JsonValue]:
    """Yield what stands at a path, through every item of a list on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
