"""The types `AWS::SES::ReceiptRuleSet` and `AWS::SES::ReceiptRule`.

They go through ministack's API, so that a rule that SES would refuse fails the stack.
"""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._calls import accepted, flattened
from embedded.gaps._ministack import Created, Properties, generated_name, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has receipt rules. SES writes to a rule's bucket before it accepts the rule.",
    page="https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html",
    ministack="It has the API, not the types, and looks at no bucket.",
    effect=Effect.CAPABLE,
)

RULE_SET = "AWS::SES::ReceiptRuleSet"
RULE = "AWS::SES::ReceiptRule"


def install() -> None:
    """Register both types."""
    register(RULE_SET, _create_set, _update_set, _delete_set, replacing=("RuleSetName",))
    register(RULE, _create_rule, _update_rule, _delete_rule, replacing=("RuleSetName",))


def _create_set(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("RuleSetName") or generated_name(stack, logical_id)
    accepted(service("ses")._create_receipt_rule_set({"RuleSetName": name}), RULE_SET)
    return name, {}


def _update_set(name: str, old: Properties, new: Properties, stack: str) -> Created:
    return name, {}


def _delete_set(name: str, properties: Properties) -> None:
    accepted(service("ses")._delete_receipt_rule_set({"RuleSetName": name}), RULE_SET)


def _create_rule(logical_id: str, properties: Properties, stack: str) -> Created:
    rule = dict(properties["Rule"])
    rule.setdefault("Name", generated_name(stack, logical_id))
    _refuse_unwritable(rule)
    accepted(service("ses")._create_receipt_rule(_request(properties, rule)), RULE)
    return rule["Name"], {}


def _update_rule(name: str, old: Properties, new: Properties, stack: str) -> Created:
    """Put the new rule into the old one's place. Another name is a rename, as it is on AWS."""
    _refuse_unwritable(new["Rule"])
    rules: list[Any] = service("ses")._receipt_rule_sets[new["RuleSetName"]]["Rules"]
    kept = list(rules)
    position = next((n for n, rule in enumerate(kept) if rule["Name"] == name), len(kept))
    rules[:] = [rule for rule in kept if rule["Name"] != name]
    try:
        rule = {"Name": name, **new["Rule"]}
        accepted(service("ses")._create_receipt_rule(_request(new, rule)), RULE)
    except ValueError:
        rules[:] = kept
        raise
    if not new.get("After"):
        rules.insert(position, rules.pop(0))
    return rule["Name"], {}


def _delete_rule(name: str, properties: Properties) -> None:
    request = {"RuleSetName": properties["RuleSetName"], "RuleName": name}
    if request["RuleSetName"] in service("ses")._receipt_rule_sets:
        accepted(service("ses")._delete_receipt_rule(request), RULE)


def _refuse_unwritable(rule: Properties) -> None:
    """SES tries to write before it accepts a rule: the bucket's policy must come first."""
    for action in rule.get("Actions", []):
        bucket = action.get("S3Action", {}).get("BucketName")
        if bucket and not may_write(bucket):
            raise ValueError(f"Could not write to bucket: {bucket}")


def may_write(bucket: str) -> bool:
    """Tell whether a bucket is there, and its policy lets SES put objects."""
    s3 = service("s3")
    policy = json.loads(s3._bucket_policies.get(bucket) or "{}")
    return bucket in s3._buckets and any(
        statement["Effect"] == "Allow"
        and "ses.amazonaws.com" in str(statement.get("Principal", ""))
        and any(action in str(statement.get("Action", "")) for action in ("s3:PutObject", "s3:*"))
        for statement in policy.get("Statement", [])
    )


def _request(properties: Properties, rule: Properties) -> dict[str, str]:
    request = {"RuleSetName": properties["RuleSetName"], **flattened("Rule", rule)}
    return request | ({"After": properties["After"]} if properties.get("After") else {})
