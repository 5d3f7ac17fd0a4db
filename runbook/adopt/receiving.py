"""Receiving mail: receipt rule sets, which of them is active, and the bucket of its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from runbook.adopt.account import Account
from runbook.adopt.arns import named
from runbook.adopt.item import Item, Live, Remark

BUCKET = "AWS::S3::Bucket"
RULE_SET = "AWS::SES::ReceiptRuleSet"


EXPIRES = (
    "Groundwork keeps it for 30 days: the change after the import deletes what is older, and is "
    "approved by typing its name. Copy what you need before"
)


def _active_rules(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = account.client("ses").describe_active_receipt_rule_set()
    return found


def recipients(account: Account) -> set[str]:
    """Return the domains whose mail SES receives and puts into a bucket."""
    return {
        recipient.rpartition("@")[2]
        for rule in _active_rules(account).get("Rules", ())
        if any("S3Action" in action for action in rule["Actions"])
        for recipient in rule.get("Recipients", ())
    }


def items(account: Account) -> Iterator[Item]:
    """Yield what receives mail: it belongs to the domains that say so, and to none of them."""
    found = _active_rules(account)
    active = found.get("Metadata", {}).get("Name")
    for live in account.each(RULE_SET):
        reason = f"a receipt rule set that is not active ({active or 'none'} is): it stays as it is"
        if live.identifier == active:
            yield _active(account, live, found["Rules"])
        else:
            path = ("mail", "receiving", live.identifier)
            yield Item(path, account.region, remarks=(Remark(named(account, live), reason),))


def _active(account: Account, rule_set: Live, rules: Sequence[Mapping[str, Any]]) -> Item:
    name, resources = rule_set.identifier, [rule_set._replace(within="receiving")]
    remarks = [Remark(named(account, rule_set), "the active receipt rule set: it stays active")]
    buckets = set()
    for rule in rules:
        actions = [action["S3Action"] for action in rule["Actions"] if "S3Action" in action]
        if len(actions) != 1 or len(rule["Actions"]) != 1 or len(rule.get("Recipients", ())) != 1:
            arn = account.arn("ses", f"receipt-rule-set/{name}:receipt-rule/{rule['Name']}")
            reason = "a rule that the file cannot say: it stays, and goes on working"
            remarks.append(Remark(f"{rule['Name']} ({arn})", reason))
            continue
        buckets.add(actions[0]["BucketName"])
        live = account.named("AWS::SES::ReceiptRule", f"{name}|{rule['Name']}", "receiving")
        resources += [live] if live else []
    more, said = _stored(account, buckets)
    return Item(("mail", "receiving"), account.region, None, (*resources, *more), (*remarks, *said))


def _stored(account: Account, buckets: Collection[str]) -> tuple[list[Live], list[Remark]]:
    """Return the bucket of the rules with its policy. Of several, the file can have none."""
    kinds = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    found = [account.named(kind, bucket, "receiving") for bucket in buckets for kind in kinds]
    lives = [live for live in found if live]
    several = "one of several that rules store mail in: it stays, and Groundwork makes its own"
    lost = "S3 sets a bucket's tags all at once: {} would go with the change after the import"
    remarks = []
    for live in lives if len(buckets) > 1 else ():
        if live.type == BUCKET:
            remarks.append(Remark(named(account, live), several))
    for live in lives if len(buckets) == 1 else ():
        if live.type == BUCKET:
            remarks.append(Remark(f"received mail in {named(account, live)}", EXPIRES))
        if keys := ", ".join(tag["Key"] for tag in live.properties.get("Tags", ())):
            remarks.append(Remark(f"tags of {named(account, live)}", lost.format(keys)))
    return (lives if len(buckets) == 1 else []), remarks
