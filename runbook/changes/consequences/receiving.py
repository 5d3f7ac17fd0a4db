"""SES: for whom mail is received, what is done with it, and where that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.access.identities import reference
from runbook.changes.consequences.inside import inside, keys, no_longer, unknown
from runbook.changes.consequences.model import Consequence, Kind, changed, harmless, turned_off
from runbook.changes.parts import Danger, Effect
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template
from settings.contract import CustomType

_GUIDE = "https://docs.aws.amazon.com/ses/latest/dg"
_RULES = f"{_GUIDE}/receiving-email-receipt-rules-console-walkthrough.html"
_SETS = f"{_GUIDE}/receiving-email-managing-receipt-rule-sets.html"
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
_ENDING = {"BounceAction", "StopAction"}


def _stops(words: str) -> Consequence:
    return Consequence(words, _RULES, danger=Danger.INTERRUPTS)


def _weakens(words: str) -> Consequence:
    return Consequence(words, _RULES, danger=Danger.WEAKENED)


def _actions(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge what is done with mail. Where it goes in addition is a destination."""
    old, new = _listed(before), _listed(after)
    if gone := [one for one in old if one not in new]:
        yield _stops(f"no longer done with mail, or otherwise: {_named(gone)}")
    elif old != [one for one in new if one in old]:
        yield _stops(f"it is done in another order: {_named(new)}")
    yield from _added([one for one in new if one not in old])


def _added(actions: list[JsonValue]) -> Iterator[Consequence]:
    if ending := [one for one in actions if _ENDING & {*keys(one)}]:
        yield _stops(f"mail is refused, or no later rule takes it: {_named(ending)}")
    for key in sorted({key for one in actions for key in keys(one)} - _ACTIONS):
        yield from unknown(key, _RULES)(None, key)


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _named(actions: list[JsonValue]) -> str:
    return ", ".join(key for one in actions for key in keys(one))


def _recipients(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge for whom a rule takes mail: without recipients, for everybody."""
    old, new = ([*map(str, _listed(side))] for side in (before, after))
    if gone := [one for one in old if new and not _is_taken(one, new)]:
        yield _stops(f"the rule no longer takes mail for: {', '.join(gone)}")
    if not old:
        yield _stops("the rule takes mail for some recipients alone, and not for all")
    elif not new:
        words = f"the rule takes mail for every recipient; before, for {', '.join(old)} alone"
        yield Consequence(words, _RULES, danger=Danger.SENDS)
    elif more := [one for one in new if not _is_taken(one, old)]:
        words = f"the rule takes mail for: {', '.join(more)}"
        yield Consequence(words, _RULES, danger=Danger.SENDS)


def _is_taken(recipient: str, by: Collection[str]) -> bool:
    """Tell whether recipients take in another one: a domain its addresses, `.domain` subdomains.

    <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html>
    """
    domain = recipient.rpartition("@")[2]
    below = any(one.startswith(".") and domain.endswith(one) for one in by)
    return recipient in by or domain in by or below


def _order(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge the place of a rule: one that ends something ends it for the rules behind it."""
    old, new = (f"after {side}" if side else "before all others" for side in (before, after))
    yield _stops(f"the rule is applied {new}; until now, {old}")


def added_rule(effect: Effect, after: Template | None, before: Reading) -> Iterator[Consequence]:
    """Yield what a new rule does to mail that other rules took before it was there."""
    if after is None or after["Type"] != "AWS::SES::ReceiptRule":
        return
    properties = after.get("Properties", {})
    known = properties.get("RuleSetName") in map(reference, before.resources)
    if known and effect is Effect.ADD:
        yield from _added(_listed(keys(properties.get("Rule")).get("Actions")))


RECEIPT_RULE = Kind(
    rules={
        "After": _order,
        "Rule": inside(
            _RULES,
            {
                "Actions": _actions,
                "Enabled": turned_off(_stops("the rule is off: its mail goes elsewhere")),
                "Name": harmless,
                "Recipients": _recipients,
                "ScanEnabled": turned_off(_weakens("mail is not scanned for viruses")),
                "TlsPolicy": no_longer("REQUIRE", _weakens("mail is taken without TLS")),
            },
        ),
    }
)
ACTIVE_RULE_SET = Kind(
    rules={
        "RuleSet": changed(
            Consequence("mail goes by the rules of another set", _SETS, danger=Danger.INTERRUPTS)
        )
    }
)

KINDS: Mapping[str, Kind] = {
    "AWS::SES::ReceiptRule": RECEIPT_RULE,
    CustomType.ACTIVE_RULE_SET: ACTIVE_RULE_SET,
}
