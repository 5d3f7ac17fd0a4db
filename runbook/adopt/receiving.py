"""Receiving mail: receipt rule sets, which of them is active, and the bucket of its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runbook.adopt.account import Account
from runbook.adopt.arns import named
from runbook.adopt.item import Item, Live, Remark

BUCKET = "AWS::S3::Bucket"
RULE_SET, RULE = "AWS::SES::ReceiptRuleSet", "AWS::SES::ReceiptRule"
DOMAINS = ("mail", "domains")
RECEIVING = ("mail", "receiving")
ELSEWHERE = "its domains receive in the first of their regions alone: it stays as it is"

EXPIRES = (
    "Groundwork keeps it for 30 days: where a domain of the file receives, the change after the "
    "import deletes what is older, and is approved by typing its name. Copy what you need before"
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


def placed(item: Item, found: Collection[Item]) -> Item:
    """Leave alone what receives mail in a further region of its domains: the file has the first."""
    homes = {one.path[-1]: one.region for one in found if one.path[:2] == DOMAINS and one.declared}
    rules = [live.properties["Rule"] for live in item.resources if live.type == RULE]
    names = {name.rpartition("@")[2] for rule in rules for name in rule.get("Recipients", ())}
    if not names or any(homes.get(name, item.region) == item.region for name in names):
        return item
    remark = Remark(f"receiving mail in {item.region}", ELSEWHERE)
    return Item(item.path, item.region, remarks=(remark,))


def without_bucket(item: Item, chosen: Collection[Item]) -> Item:
    """Leave out the tags of received mail, which the file refuses, where no domain receives."""
    domains = [one.declared or {} for one in chosen if one.path[:2] == DOMAINS]
    if item.path != ("mail",) or any(domain.get("receives_mail") for domain in domains):
        return item
    declared = {
        key: value for key, value in (item.declared or {}).items() if key != "received_tags"
    }
    return replace(item, declared=declared)


def tags(account: Account) -> dict[str, str]:
    """Return the tags of the bucket that received mail is stored in."""
    buckets = {_bucket_of(rule) for rule in _active_rules(account).get("Rules", ())} - {None}
    live = account.named(BUCKET, str(*buckets)) if len(buckets) == 1 else None
    return account.tags_beside(live) if live else {}


def _bucket_of(rule: Mapping[str, Any]) -> str | None:
    """Return where a rule stores mail; None for a rule that the file cannot say."""
    match rule["Actions"], rule.get("Recipients", ()):
        case [{"S3Action": {"BucketName": str(bucket)}}], [_]:
            return bucket
    return None


def stored_in(account: Account) -> set[str]:
    """Return the buckets that the active rule set stores mail in."""
    return {
        action["S3Action"]["BucketName"]
        for rule in _active_rules(account).get("Rules", ())
        for action in rule["Actions"]
        if "S3Action" in action
    }


def _active(account: Account, rule_set: Live, rules: Sequence[Mapping[str, Any]]) -> Item:
    name, resources = rule_set.identifier, [rule_set._replace(within="receiving")]
    remarks = [Remark(named(account, rule_set), "the active receipt rule set: it stays active")]
    buckets = set()
    for rule in rules:
        bucket = _bucket_of(rule)
        if not bucket:
            arn = account.arn("ses", f"receipt-rule-set/{name}:receipt-rule/{rule['Name']}")
            reason = "a rule that the file cannot say: it stays, and goes on working"
            remarks.append(Remark(f"{rule['Name']} ({arn})", reason))
            continue
        buckets.add(bucket)
        live = account.named(RULE, f"{name}|{rule['Name']}", "receiving")
        resources += [live] if live else []
    more, said = _stored(account, buckets)
    return Item(RECEIVING, account.region, None, (*resources, *more), (*remarks, *said))


def _stored(account: Account, buckets: Collection[str]) -> tuple[list[Live], list[Remark]]:
    """Return the bucket of the rules with its policy. Of several, the file can have none."""
    kinds = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    found = [account.named(kind, bucket, "receiving") for bucket in buckets for kind in kinds]
    lives = [live for live in found if live]
    if len(buckets) == 1:
        taken = (named(account, live) for live in lives if live.type == BUCKET)
        return lives, [Remark(f"received mail in {name}", EXPIRES) for name in taken]
    several = "one of several that rules store mail in: it stays, and Groundwork makes its own"
    return [], [Remark(named(account, live), several) for live in lives if live.type == BUCKET]
