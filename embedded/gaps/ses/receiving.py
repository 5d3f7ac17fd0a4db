"""Receiving mail: what is sent to a domain of the active receipt rule set comes into its bucket.

There is no DNS here: the MX record of such a domain is taken to be SES's. What the sender wrote is
stored; messages without headers of their own, of the console's form, are not received.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from embedded.gaps._ministack import Properties, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._mail import outcomes
from embedded.gaps.ses._send import Send, address, after_sending
from embedded.gaps.ses.receipt_rules import may_write
from embedded.readers.inside import here

GAP = Gap(
    aws="Mail to a domain of the active receipt rule set is stored in the bucket of its rule.",
    page="https://docs.aws.amazon.com/ses/latest/dg/receiving-email-concepts.html",
    ministack="It keeps the rules, and receives nothing.",
    effect=Effect.CAPABLE,
)


def install() -> None:
    """Receive what was sent."""
    after_sending(_receive)


def _receive(send: Send, message_id: str, caller: str) -> None:
    """SES stores a message once for each rule, however many of its recipients the rule has."""
    delivered = [
        address(recipient).lower()
        for recipient in send.recipients
        if "Delivery" in (kind for kind, _ in outcomes(send, recipient))
    ]
    for rule in _rules():
        if send.is_raw and any(_concerns(rule, recipient) for recipient in delivered):
            for action in rule.get("Actions", ()):
                _store(action.get("S3Action", {}), message_id, send)


def _rules() -> Iterator[Properties]:
    ses: Any = service("ses")
    name = ses._active_receipt_rule_set.get("name")
    for rule in ses._receipt_rule_sets.get(name, {}).get("Rules", ()):
        if rule.get("Enabled"):
            yield rule


def _concerns(rule: Properties, recipient: str) -> bool:
    """A rule names addresses, domains, or all subdomains of one; without any, it has all mail."""
    domain = recipient.rpartition("@")[2]
    return not rule.get("Recipients") or any(
        named.lower() in (recipient, domain) or (named[:1] == "." and domain.endswith(named))
        for named in rule["Recipients"]
    )


def _store(action: Properties, message_id: str, send: Send) -> None:
    bucket = action.get("BucketName")
    if not bucket or not may_write(bucket):
        return
    key = f"{action.get('ObjectKeyPrefix', '')}{message_id.partition('@')[0]}"
    try:
        here()("s3").put_object(Bucket=bucket, Key=key, Body=send.message.as_bytes())
    except ClientError:
        # SES tells nobody in the account of a bucket that refuses.
        return
