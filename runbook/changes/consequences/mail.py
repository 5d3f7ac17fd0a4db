"""SES: what stops mail, and what weakens how it is signed, sent and kept clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    Rule,
    changed,
    fewer,
    harmless,
    removed,
    turned_off,
)
from runbook.changes.review import Danger

_GUIDE = "https://docs.aws.amazon.com/ses/latest/dg"
_SETS = f"{_GUIDE}/managing-configuration-sets.html"
_DKIM = f"{_GUIDE}/send-email-authentication-dkim-easy-managing.html"
_EVENTS = f"{_GUIDE}/event-publishing-add-event-destination.html"
_SUPPRESSED = f"{_GUIDE}/sending-email-suppression-list-config-level.html"
_MAIL_FROM = f"{_GUIDE}/mail-from.html"
_OTHER_KEY = "mail is signed with another key, whose records the DNS needs"
_RECEIVING = f"{_GUIDE}/receiving-email-receipt-rules-console-walkthrough.html"


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


def _stops(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.INTERRUPTS)


def _strict(strict: str, words: str, page: str) -> Rule:
    """Judge a policy that is no longer the strict one of its two."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if str(before).upper() == strict and str(after).upper() != strict:
            yield _weakens(words, page)

    return rule


def _no_longer(best: JsonValue, words: str, page: str) -> Rule:
    """Judge a property that is, or becomes by a default of AWS's, less than the best."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        if after != best:
            yield _weakens(words, page)

    return rule


def _inside(**rules: Rule) -> Rule:
    """Judge a property by what stands in it. What has no rule there may do anything."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old, new = _keys(before), _keys(after)
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield from rules.get(key, _unknown(key))(old.get(key), new.get(key))

    return rule


def _keys(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else {"": value} if value is not None else {}


def _unknown(key: str) -> Rule:
    words = f"what {key or 'a value that is no object'} does is not judged"
    return changed(Consequence(words, _GUIDE, danger=Danger.UNREADABLE))


def _actions(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge what is done with mail. Where it goes in addition is a destination."""
    old, new = (side if isinstance(side, list) else [] for side in (before, after))
    if gone := [one for one in old if one not in new]:
        yield _stops(f"no longer done with mail, or otherwise: {_named(gone)}", _RECEIVING)
    elif old != [one for one in new if one in old]:
        yield _stops(f"it is done in another order: {_named(new)}", _RECEIVING)
    added = [one for one in new if one not in old]
    ending = [one for one in added if {"BounceAction", "StopAction"} & {*_keys(one)}]
    if ending:
        yield _stops(f"mail is refused, or no later rule takes it: {_named(ending)}", _RECEIVING)
    for key in sorted({key for one in added for key in _keys(one)} - _ACTIONS):
        yield from _unknown(key)(None, key)


def _recipients(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge for whom a rule takes mail: without recipients, for everybody."""
    if before and after:
        yield from _fewer_recipients(before, after)
    elif after:
        yield _stops("the rule takes mail for some recipients alone, and not for all", _RECEIVING)


_fewer_recipients = fewer(_stops("the rule no longer takes mail for: {gone}", _RECEIVING))


def _named(actions: list[JsonValue]) -> str:
    return ", ".join(key for one in actions for key in _keys(one))


_ACTIONS = {
    "AddHeaderAction",
    "BounceAction",
    "LambdaAction",
    "S3Action",
    "SNSAction",
    "StopAction",
    "WorkmailAction",
}
"""What a receipt rule does, as far as it is judged here or as a destination."""
_ends = removed(_weakens("events no longer go there as before", _EVENTS))


CONFIGURATION_SET = Kind(
    rules={
        "DeliveryOptions": _inside(
            TlsPolicy=_strict("REQUIRE", "mail is sent without TLS where a server has none", _SETS)
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
            HttpsPolicy=_strict("REQUIRE", "links in mail may be followed without TLS", _SETS),
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
            NextSigningKeyLength=_no_longer(
                "RSA_2048_BIT", "mail is signed with a shorter key (DKIM)", _DKIM
            ),
        ),
        "MailFromAttributes": _inside(
            BehaviorOnMxFailure=_strict(
                "REJECT_MESSAGE",
                "without its MX record, mail is sent from SES's domain",
                _MAIL_FROM,
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
            MatchingEventTypes=fewer(_weakens("nobody is told any more of: {gone}", _EVENTS)),
            Name=harmless,
            SnsDestination=_ends,
        )
    }
)

RECEIPT_RULE = Kind(
    rules={
        "Rule": _inside(
            Actions=_actions,
            Enabled=turned_off(_stops("the rule is off: its mail goes elsewhere", _RECEIVING)),
            Name=harmless,
            Recipients=_recipients,
            ScanEnabled=turned_off(_weakens("mail is not scanned for viruses", _RECEIVING)),
            TlsPolicy=_strict("REQUIRE", "mail is taken without TLS", _RECEIVING),
        )
    }
)

TENANT = Kind(
    rules={
        "ReputationEntity": changed(
            _weakens("it is paused by other rules, or by none", f"{_GUIDE}/tenants.html")
        )
    }
)

SUPPRESSION = Kind(rules={"Reasons": fewer(_weakens("SES sends again after: {gone}", _SUPPRESSED))})
"""Our own resource, which sets the account's list of addresses to which SES sends no more."""
