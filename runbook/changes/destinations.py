"""Where data goes from what was there before: copies, mail, events and whoever is told of them.

A destination of a new bucket or topic is part of the new thing. One that is added to an old thing
takes data along that was never meant for it; one that an old thing loses is told no longer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.access.identities import reference
from runbook.changes.consequences.names import name_of
from runbook.changes.parts import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import CLOSE, OPEN, at, bare, named_text
from settings.contract import CustomType


class _Way(NamedTuple):
    """Where a type names where its data goes, and from where; the resource itself unless named."""

    to: tuple[str, ...]
    of: str = ""
    ends: bool = False
    """Whether the end of a way is said here: elsewhere, the rules of the type say more about it."""


class _Sent(NamedTuple):
    source: str
    destination: str


WAYS: Mapping[str, _Way] = {
    CustomType.ACCESS_KEY: _Way(("Secret",), "User"),
    CustomType.IDENTITY_FEEDBACK: _Way(("Topic",), "Identity", ends=True),
    "AWS::CloudTrail::Trail": _Way(("CloudWatchLogsLogGroupArn", "S3BucketName", "SnsTopicName")),
    "AWS::EC2::FlowLog": _Way(("LogDestination",)),
    "AWS::Events::Rule": _Way(("Targets.Arn",)),
    "AWS::Lambda::EventInvokeConfig": _Way(
        (
            "DestinationConfig.OnFailure.Destination",
            "DestinationConfig.OnSuccess.Destination",
        ),
        "FunctionName",
        ends=True,
    ),
    "AWS::Route53::RecordSet": _Way(("AliasTarget.DNSName", "ResourceRecords")),
    "AWS::S3::Bucket": _Way(
        (
            "LoggingConfiguration.DestinationBucketName",
            "NotificationConfiguration.LambdaConfigurations.Function",
            "NotificationConfiguration.QueueConfigurations.Queue",
            "NotificationConfiguration.TopicConfigurations.Topic",
            "ReplicationConfiguration.Rules.Destination.Bucket",
            "WebsiteConfiguration.RedirectAllRequestsTo.HostName",
            "WebsiteConfiguration.RoutingRules.RedirectRule.HostName",
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
    "AWS::SecretsManager::Secret": _Way(("ReplicaRegions.Region",)),
    "AWS::SNS::Subscription": _Way(("Endpoint",), "TopicArn"),
    "AWS::SNS::Topic": _Way(("Subscription.Endpoint",), ends=True),
    "AWS::SSM::Document": _Way(
        ("Content.inputs.cloudWatchLogGroupName", "Content.inputs.s3BucketName")
    ),
    "AWS::SQS::Queue": _Way(("RedrivePolicy.deadLetterTargetArn",)),
    "AWS::Scheduler::Schedule": _Way(("Target.Arn",)),
}


_LOGS = ("AWS::CloudTrail::Trail", "AWS::EC2::FlowLog")


def of_destinations(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield where data goes from now on, and no longer, of what was there before."""
    places = {**before.places(), **after.places()}
    old, new = {*_sent(before)}, {*_sent(after)}
    for way in sorted(new - old):
        if _is_of_something_old(way, before, after):
            yield _finding(Danger.SENDS, "goes to", way, places)
    gone = _named(before) - _named(after)
    for way in sorted({*_sent(before, ending=True)} - new):
        if way.source not in gone:
            yield _finding(Danger.WEAKENED, "no longer goes to", way, places)


def _is_of_something_old(way: _Sent, before: Reading, after: Reading) -> bool:
    """Tell whether data goes along that was there before, as what trails and flow logs take."""
    added = _named(after) - _named(before)
    if way.source not in added:
        return True
    name = bare(way.source)
    is_log = after.resources.get(name, {}).get("Type") in _LOGS
    return is_log and _whole(way.destination) not in added


def _named(version: Reading) -> set[str]:
    """Return all resources by their references, and by the names that they take for themselves."""
    names = filter(None, map(name_of, version.resources.values()))
    return {*map(reference, version.resources), *names}


def _finding(danger: Danger, words: str, way: _Sent, places: Mapping[str, str]) -> Finding:
    text = f"{words} {bare(named_text(way.destination, places))}"
    return Finding(danger=danger, place=bare(named_text(way.source, places)), text=text)


def _sent(version: Reading, *, ending: bool = False) -> Iterator[_Sent]:
    """Yield every source with where its data goes; of those whose end is said here, if asked."""
    for name, resource in version.resources.items():
        way = WAYS.get(resource["Type"])
        properties = resource.get("Properties", {})
        is_text = properties.get("Type") == "TXT"  # a text leads nowhere
        if way is None or is_text or (ending and not way.ends):
            continue
        source = _whole(properties.get(way.of) if way.of else None) or reference(name)
        for path in way.to:
            for destination in at(properties, path.split(".")):
                yield _Sent(source, str(destination))


def _whole(source: JsonValue) -> str:
    """Return a source by its resource: `Topic.TopicArn` and `Topic` are the same one."""
    text = "" if source is None else str(source)
    if text.startswith(OPEN) and text.endswith(CLOSE):
        return reference(text.strip(OPEN + CLOSE).partition(".")[0])
    return text
