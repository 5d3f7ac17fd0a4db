"""What SES says about a message that it took: the contents of events and of notifications."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from embedded.gaps._ministack import account, region, service
from embedded.gaps.ses import account_suppression
from embedded.gaps.ses._send import Send, address, identity_of

Mail = dict[str, Any]
SIMULATOR = "simulator.amazonses.com"
# What becomes of a message to the mailbox simulator, by the part before the @ and a label.
# https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
OUTCOMES = {
    "bounce": (("Bounce", "General"),),
    "complaint": (("Delivery", None), ("Complaint", None)),
    "suppressionlist": (("Bounce", "Suppressed"),),
}
HEADERS_BYTES = 10 * 1024


def now() -> str:
    """The time in SES's form."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def arn(resource: str) -> str:
    """The ARN of an identity or a configuration set of the account being served."""
    return f"arn:aws:ses:{region()}:{account()}:{resource}"


def describe(send: Send, message_id: str) -> Mail:
    """What every event and notification begins with; headers are apart."""
    return {
        "timestamp": now(),
        "source": send.sender,
        "sourceArn": arn(f"identity/{identity_of(send.sender)[0]}"),
        "sendingAccountId": account(),
        "messageId": message_id,
        "destination": send.recipients,
    }


def headers(send: Send, message_id: str) -> Mail:
    """The original headers, cut above 10 KB, and those that most people look for."""
    written = [(name, str(value)) for name, value in send.message.items()]
    found = written or [("From", send.sender), ("To", ", ".join(send.recipients))]
    kept, room = [], HEADERS_BYTES
    for name, value in found:
        room -= len(name) + len(value)
        if room >= 0:
            kept.append({"name": name, "value": value})
    first = {name.lower(): value for name, value in reversed(found)}
    common = {"from": [first["from"]], "to": [first.get("to", "")], "messageId": message_id}
    if "subject" in first:
        common["subject"] = first["subject"]
    return {"headersTruncated": room < 0, "headers": kept, "commonHeaders": common}


def outcomes(send: Send, recipient: str) -> Iterator[tuple[str, Mail]]:
    """What becomes of a message to one recipient: kinds of event, each with its details."""
    ses = service("ses")
    if account_suppression.is_suppressed(recipient, _suppressed_reasons(send)):
        bounce = ses._notification_detail("Bounce", recipient, now(), "Suppressed")
        bounce["bounce"]["bounceSubType"] = "OnAccountSuppressionList"
        yield "Bounce", bounce
        return
    local, _, domain = address(recipient).lower().partition("@")
    known = OUTCOMES.get(local.partition("+")[0]) if domain == SIMULATOR else None
    for kind, subtype in known or (("Delivery", None),):
        yield kind, ses._notification_detail(kind, recipient, now(), subtype)


def _suppressed_reasons(send: Send) -> list[str]:
    """A configuration set may decide for itself; the account does otherwise."""
    used = service("ses_v2")._config_sets.get(send.configuration_set_in_use, {})
    options = used.get("SuppressionOptions") or {}
    found: list[str] = options.get("SuppressedReasons", account_suppression.reasons())
    return found
