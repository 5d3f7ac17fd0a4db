"""Reports that mail servers send as mail: SES forwards them to the envelope's sender.

A bounce is a delivery status notification (RFC 3464), a complaint a feedback report (RFC 5965).
They say in fields of their own what SES's notifications say in JSON, and are read as such.
<https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-email.html>
"""

from __future__ import annotations

from email.message import EmailMessage, Message
from email.parser import HeaderParser

Fields = Message


def notification(mail: EmailMessage) -> dict[str, object] | None:
    """Return what a report in a mail says, in the shape of a notification."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            return _bounce(_groups(part), mail)
        if kind == "message/feedback-report":
            return _complaint(_groups(part), mail)
    return None


def text_of(part: Message) -> str:
    """Decode a part's text as it declares, and as well as can be where that is wrong."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _groups(part: Message) -> list[Fields]:
    """Return a report's groups of fields: of the message first, then of each recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [group for group in payload if isinstance(group, Message)]
    return [HeaderParser().parsestr(text_of(part))]


def _bounce(groups: list[Fields], mail: EmailMessage) -> dict[str, object]:
    recipients = [group for group in groups if "Final-Recipient" in group]
    delayed = any(_field(group, "Action").lower() == "delayed" for group in recipients)
    told = {
        "reportedByMail": True,
        "bouncedRecipients": [_recipient(group) for group in recipients],
        "delayedRecipients": [_recipient(group) for group in recipients],
    }
    kind, field = ("DeliveryDelay", "deliveryDelay") if delayed else ("Bounce", "bounce")
    return {"eventType": kind, field: told, "mail": _original(mail)}


def _recipient(group: Fields) -> dict[str, str]:
    named = {
        "emailAddress": _field(group, "Final-Recipient").rpartition(";")[2].strip(),
        "action": _field(group, "Action"),
        "status": _field(group, "Status"),
        "diagnosticCode": _field(group, "Diagnostic-Code"),
    }
    return {name: value for name, value in named.items() if value}


def _complaint(groups: list[Fields], mail: EmailMessage) -> dict[str, object]:
    fields = groups[0]
    addresses = [str(value).strip("<> ") for value in fields.get_all("Original-Rcpt-To", [])]
    told = {
        "complaintFeedbackType": _field(fields, "Feedback-Type"),
        "complainedRecipients": [{"emailAddress": address} for address in addresses],
        "userAgent": _field(fields, "User-Agent"),
    }
    return {"eventType": "Complaint", "complaint": told, "mail": _original(mail)}


def _original(mail: EmailMessage) -> dict[str, object]:
    """Return what is known of the message that the report is about: its headers come with it."""
    for part in mail.walk():
        if part is mail or "Subject" not in part or "From" not in part:
            continue
        return {
            "source": _field(part, "From"),
            "commonHeaders": {"subject": _field(part, "Subject")},
        }
    return {}


def _field(group: Fields, name: str) -> str:
    return " ".join(str(group.get(name, "")).split())
