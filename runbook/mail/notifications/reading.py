"""Notifications, found in whatever a person has at hand.

SES's JSON comes bare, in an envelope of SNS, SQS, EventBridge or CloudWatch Logs, one or many, and
as the text of an e-mail. All of these are JSON, or text with JSON in it: whatever is inside that
looks like a notification is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

from runbook.mail.notifications import reports
from runbook.mail.notifications.events import VALIDATED

Notification = Mapping[str, object]

_DECODER = json.JSONDecoder(strict=False)  # a mail program may have broken lines within strings
_START = re.compile(r"[\[{]")
_LEVELS = 20
"""How deep a notification may be wrapped."""


def notifications(data: bytes) -> list[Notification]:
    """Return every notification in a file's content, in its order; none is not an error."""
    text = data.decode("utf-8-sig", errors="replace").strip()
    if text.startswith(("{", "[")):
        return list(_in_text(text))
    mail = message_from_bytes(data.lstrip(), policy=policy.default)
    return list(_in_mail(mail)) or list(_in_text(text))


def _in_mail(mail: EmailMessage) -> Iterator[Notification]:
    """Look into a mail's text, and into the reports of mail servers that it carries."""
    if report := reports.notification(mail):
        yield report
        return
    for kind in ("application/json", "text/plain", "text/html"):
        texts = [reports.text_of(part) for part in mail.walk() if part.get_content_type() == kind]
        if kind == "text/html":
            texts = [unescape(re.sub(r"<[^>]*>", "", text)) for text in texts]
        found = [each for text in texts for each in _in_text(text)]
        if found:
            yield from found
            return


def _in_text(text: str) -> Iterator[Notification]:
    """Take each JSON value that stands in a text, wherever it begins."""
    position = 0
    while match := _START.search(text, position):
        try:
            value, position = _DECODER.raw_decode(text, match.start())
        except ValueError:
            position = match.end()
        except RecursionError:
            return
        else:
            yield from _in_value(value, _LEVELS)
    if VALIDATED in text and not position:
        yield {"notificationType": VALIDATED}


def _in_value(value: object, levels: int) -> Iterator[Notification]:
    """Look for notifications in a value, and in the strings of it that are JSON themselves."""
    if levels == 0:
        return
    if isinstance(value, str) and (value.lstrip().startswith(("{", "[")) or VALIDATED in value):
        yield from _in_text(value)
    elif isinstance(value, dict):
        if _is_one(value):
            yield value
        else:
            for item in value.values():
                yield from _in_value(item, levels - 1)
    elif isinstance(value, list):
        for item in value:
            yield from _in_value(item, levels - 1)


def _is_one(value: Notification) -> bool:
    return (
        "eventType" in value
        or "notificationType" in value
        or ("AlarmName" in value and "NewStateValue" in value)
        or value.get("Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation")
    )
