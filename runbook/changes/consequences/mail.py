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
    """Judge a property by what stands in it."""

    def rule(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
        old: Mapping[str, JsonValue] = before if isinstance(before, dict) else {}
        new: Mapping[str, JsonValue] = after if isinstance(after, dict) else {}
        for key, inner in rules.items():
            if old.get(key) != new.get(key):
                yield from inner(old.get(key), new.get(key))

    return rule


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
            )
        ),
    }
)

EVENT_DESTINATION = Kind(
    rules={
        "EventDestination": _inside(
            Enabled=turned_off(_weakens("nobody is told of bounces by it any more", _EVENTS), True),
            MatchingEventTypes=fewer(_weakens("nobody is told any more of: {gone}", _EVENTS)),
        )
    }
)

RECEIPT_RULE = Kind(
    rules={
        "Rule": _inside(
            Enabled=turned_off(_stops("the rule is off: its mail goes elsewhere", _RECEIVING)),
            Recipients=fewer(_stops("the rule no longer takes mail for: {gone}", _RECEIVING)),
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
