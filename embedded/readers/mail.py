"""Identities, configuration sets, event destinations and receipt rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.readers.reader import Clients, Properties, Reader, first, pages, picked, tags


def _identities(clients: Clients) -> Iterator[tuple[str, ...]]:
    for item in pages(clients("sesv2"), "list_email_identities", "EmailIdentities"):
        yield (item["IdentityName"],)


def _identity(clients: Clients, name: str) -> Properties:
    found = clients("sesv2").get_email_identity(EmailIdentity=name)
    default = found.get("ConfigurationSetName")
    dkim = found.get("DkimAttributes", {})
    made: Properties = {
        "EmailIdentity": name,
        "ConfigurationSetAttributes": {"ConfigurationSetName": default} if default else None,
        "FeedbackAttributes": {
            "EmailForwardingEnabled": found.get("FeedbackForwardingStatus", True)
        },
        "Tags": tags(found.get("Tags")),
    }
    if "@" not in name:
        # An address is signed by its domain, and has no settings of its own for it.
        length = dkim.get("NextSigningKeyLength") or dkim.get("CurrentSigningKeyLength")
        made["DkimAttributes"] = {"SigningEnabled": dkim.get("SigningEnabled", False)}
        made["DkimSigningAttributes"] = {"NextSigningKeyLength": length} if length else None
        made["MailFromAttributes"] = _mail_from(found.get("MailFromAttributes", {}))
    return made


def _dns_tokens(clients: Clients, name: str) -> Properties:
    """Each token twice: as the record's name below the domain, and as its target."""
    found = clients("sesv2").get_email_identity(EmailIdentity=name).get("DkimAttributes", {})
    made = {}
    for number, token in enumerate(found.get("Tokens", ()), 1):
        made[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{name}"
        made[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return made


def _mail_from(found: dict[str, Any]) -> Properties | None:
    return (
        picked(found, "MailFromDomain", "BehaviorOnMxFailure")
        if found.get("MailFromDomain")
        else None
    )


def _configuration_sets(clients: Clients) -> Iterator[tuple[str, ...]]:
    for name in pages(clients("sesv2"), "list_configuration_sets", "ConfigurationSets"):
        yield (name,)


def _configuration_set(clients: Clients, name: str) -> Properties:
    found = clients("sesv2").get_configuration_set(ConfigurationSetName=name)
    return {
        "Name": name,
        "ArchivingOptions": found.get("ArchivingOptions") or None,
        "DeliveryOptions": found.get("DeliveryOptions") or None,
        "ReputationOptions": picked(found.get("ReputationOptions", {}), "ReputationMetricsEnabled")
        or None,
        "SendingOptions": found.get("SendingOptions") or None,
        "SuppressionOptions": found.get("SuppressionOptions") or None,
        "TrackingOptions": found.get("TrackingOptions") or None,
        "Tags": tags(found.get("Tags")),
    }


def _destinations(clients: Clients) -> Iterator[tuple[str, ...]]:
    client = clients("sesv2")
    for (name,) in _configuration_sets(clients):
        answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        # SES leaves the list out of the answer for a set that has none.
        for destination in answer.get("EventDestinations", ()):
            yield (name, destination["Name"])


def _destination(clients: Clients, configuration_set: str, name: str) -> Properties:
    """CloudFormation's words for the events are lower case, and one of them has another name."""
    answer = clients("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=configuration_set
    )
    # The physical id is `set|destination` where CloudFormation made it, and the name elsewhere.
    name = name.rpartition("|")[2]
    found = first(item for item in answer.get("EventDestinations", ()) if item["Name"] == name)
    sns, bus = found.get("SnsDestination"), found.get("EventBridgeDestination")
    watch = found.get("CloudWatchDestination")
    destination: Properties = {
        "Name": name,
        "Enabled": found["Enabled"],
        "MatchingEventTypes": [_event(event) for event in found["MatchingEventTypes"]],
        "SnsDestination": {"TopicARN": sns["TopicArn"]} if sns else None,
        "EventBridgeDestination": {"EventBusArn": bus["EventBusArn"]} if bus else None,
        "CloudWatchDestination": _dimensions(watch) if watch else None,
    }
    return {
        "ConfigurationSetName": configuration_set,
        "EventDestination": {key: item for key, item in destination.items() if item is not None},
    }


def _event(name: str) -> str:
    """SES says RENDERING_FAILURE; CloudFormation says renderingFailure."""
    head, *rest = name.lower().split("_")
    return head + "".join(word.capitalize() for word in rest)


def _dimensions(found: dict[str, Any]) -> Properties:
    """CloudFormation has the source of a value in its own spelling, too."""
    return {
        "DimensionConfigurations": [
            {**item, "DimensionValueSource": _event(item["DimensionValueSource"])}
            for item in found["DimensionConfigurations"]
        ]
    }


def _rule_sets(clients: Clients) -> Iterator[tuple[str, ...]]:
    for item in pages(clients("ses"), "list_receipt_rule_sets", "RuleSets"):
        yield (item["Name"],)


def _rule_set(clients: Clients, name: str) -> Properties:
    clients("ses").describe_receipt_rule_set(RuleSetName=name)
    return {"RuleSetName": name}


def _rules(clients: Clients) -> Iterator[tuple[str, ...]]:
    for (rule_set,) in _rule_sets(clients):
        found = clients("ses").describe_receipt_rule_set(RuleSetName=rule_set)
        for rule in found["Rules"]:
            yield (rule_set, rule["Name"])


def _rule(clients: Clients, rule_set: str, name: str) -> Properties:
    found = clients("ses").describe_receipt_rule(RuleSetName=rule_set, RuleName=name)["Rule"]
    return {"RuleSetName": rule_set, "Rule": found}


READERS = {
    "AWS::SES::EmailIdentity": Reader(
        ("EmailIdentity",),
        frozenset(
            {
                "EmailIdentity",
                "ConfigurationSetAttributes",
                "DkimAttributes",
                "DkimSigningAttributes",
                "FeedbackAttributes",
                "MailFromAttributes",
                "Tags",
            }
        ),
        _identities,
        _identity,
        _dns_tokens,
    ),
    "AWS::SES::ConfigurationSet": Reader(
        ("Name",),
        frozenset(
            {
                "Name",
                "ArchivingOptions",
                "DeliveryOptions",
                "ReputationOptions",
                "SendingOptions",
                "SuppressionOptions",
                "TrackingOptions",
                "Tags",
            }
        ),
        _configuration_sets,
        _configuration_set,
    ),
    "AWS::SES::ConfigurationSetEventDestination": Reader(
        ("ConfigurationSetName", "Id"),
        frozenset({"ConfigurationSetName", "EventDestination"}),
        _destinations,
        _destination,
        joined=True,
    ),
    "AWS::SES::ReceiptRuleSet": Reader(
        ("RuleSetName",), frozenset({"RuleSetName"}), _rule_sets, _rule_set
    ),
    "AWS::SES::ReceiptRule": Reader(
        ("RuleSetName", "RuleName"), frozenset({"RuleSetName", "Rule"}), _rules, _rule
    ),
}
