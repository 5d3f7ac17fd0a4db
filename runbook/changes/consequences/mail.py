"""SES: what stops mail that is sent, and what weakens how it is signed, sent and kept clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue

from runbook.changes.consequences.inside import inside, no_longer
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    both,
    changed,
    fewer,
    harmless,
    more,
    removed,
    turned_off,
)
from runbook.changes.parts import Danger
from settings.contract import CustomType

_GUIDE = "https://docs.aws.amazon.com/ses/latest/dg"
_SETS = f"{_GUIDE}/managing-configuration-sets.html"
_DKIM = f"{_GUIDE}/send-email-authentication-dkim-easy-managing.html"
_EVENTS = f"{_GUIDE}/event-publishing-add-event-destination.html"
_SUPPRESSED = f"{_GUIDE}/sending-email-suppression-list-config-level.html"
_MAIL_FROM = f"{_GUIDE}/mail-from.html"
_OTHER_KEY = "mail is signed with another key, whose records the DNS needs"


def _inside(**rules: Rule) -> Rule:
    return inside(_GUIDE, rules)


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


def _stops(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.INTERRUPTS)


def _other_than(best: JsonValue, words: str, page: str) -> Rule:
    """Judge a property that is, or becomes by a default of AWS's, less than the best."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if after != best:
            yield _weakens(words, page)

    return rule


_ends = removed(_weakens("events no longer go there as before", _EVENTS))


CONFIGURATION_SET = Kind(
    rules={
        "DeliveryOptions": _inside(
            TlsPolicy=no_longer(
                "REQUIRE", _weakens("mail is sent without TLS where a server has none", _SETS)
            )
        ),
        "ReputationOptions": _inside(
            ReputationMetricsEnabled=turned_off(_weakens("its reputation is not measured", _SETS))
        ),
        "SendingOptions": _inside(
            SendingEnabled=turned_off(_stops("SES refuses all mail that uses it", _SETS), True)
        ),
        "SuppressionOptions": _inside(
            SuppressedReasons=fewer(_weakens("SES sends again after: {gone}", _SUPPRESSED))
        ),
        "TrackingOptions": _inside(
            CustomRedirectDomain=harmless,  # a destination
            HttpsPolicy=no_longer(
                "REQUIRE", _weakens("links in mail may be followed without TLS", _SETS)
            ),
        ),
    }
)

IDENTITY = Kind(
    rules={
        "ConfigurationSetAttributes": changed(
            _weakens("mail that names no configuration set goes by another one, or by none", _SETS)
        ),
        "DkimAttributes": _inside(
            SigningEnabled=turned_off(_weakens("mail is no longer signed (DKIM)", _DKIM), True)
        ),
        "DkimSigningAttributes": _inside(
            DomainSigningPrivateKey=changed(_weakens(_OTHER_KEY, _DKIM)),
            DomainSigningSelector=changed(_weakens(_OTHER_KEY, _DKIM)),
            NextSigningKeyLength=_other_than(
                "RSA_2048_BIT", "mail is signed with a shorter key (DKIM)", _DKIM
            ),
        ),
        "MailFromAttributes": _inside(
            BehaviorOnMxFailure=no_longer(
                "REJECT_MESSAGE",
                _weakens("without its MX record, mail is sent from SES's domain", _MAIL_FROM),
            ),
            MailFromDomain=removed(
                _weakens("bounces go to another domain, or to SES's own", _MAIL_FROM)
            ),
        ),
    }
)

EVENT_DESTINATION = Kind(
    rules={
        "EventDestination": _inside(
            Enabled=turned_off(_weakens("nobody is told of bounces by it any more", _EVENTS), True),
            CloudWatchDestination=_ends,
            EventBridgeDestination=_ends,
            KinesisFirehoseDestination=_ends,
            MatchingEventTypes=both(
                fewer(_weakens("nobody is told any more of: {gone}", _EVENTS)),
                more(Consequence("it is told of: {more}", _EVENTS, danger=Danger.SENDS)),
            ),
            Name=harmless,
            SnsDestination=_ends,
        )
    }
)

TENANT = Kind(
    rules={
        "ReputationEntity": changed(
            _weakens("it is paused by other rules, or by none", f"{_GUIDE}/tenants.html")
        ),
        "ResourceAssociations": fewer(
            _stops("SES refuses mail of it that uses: {gone}", f"{_GUIDE}/tenants.html")
        ),
    }
)

SUPPRESSION = Kind(rules={"Reasons": fewer(_weakens("SES sends again after: {gone}", _SUPPRESSED))})
"""Our own resource, which sets the account's list of addresses to which SES sends no more."""
_renewed = Consequence(
    "the key is renewed, and its readers have to take the new one from its secret",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys-update.html",
)
_replaced = replace(_renewed, words="the key of {before} goes", danger=Danger.INTERRUPTS)
ACCESS_KEY = Kind(rules={"User": changed(_replaced), "Version": changed(_renewed)})
"""Our own resource, which makes a user's key and keeps it in a secret."""

KINDS: Mapping[str, Kind] = {
    "AWS::SES::ConfigurationSet": CONFIGURATION_SET,
    "AWS::SES::ConfigurationSetEventDestination": EVENT_DESTINATION,
    "AWS::SES::EmailIdentity": IDENTITY,
    "AWS::SES::Tenant": TENANT,
    CustomType.ACCESS_KEY: ACCESS_KEY,
    CustomType.ACCOUNT_SUPPRESSION: SUPPRESSION,
}
