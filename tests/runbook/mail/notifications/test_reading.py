"""Notifications are found in whatever they come in."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook.mail.notifications.explaining import POINTS, explain
from runbook.mail.notifications.reading import notifications

BOUNCE = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "jané@example.net", "status": "5.1.1"}],
    },
    "mail": {"messageId": "1", "source": "<noreply@example.org>"},
}
DELAY = {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "General"}, "mail": {}}
TEXT = json.dumps(BOUNCE)
FOOTER = (
    "\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit"
)
SNS = {"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": TEXT}


def read(value: object) -> list[Any]:
    return list(notifications(json.dumps(value).encode()))


@pytest.mark.parametrize(
    "wrapped",
    [
        BOUNCE,
        SNS,
        {"Records": [{"Sns": SNS}]},
        {"Records": [{"body": json.dumps(SNS)}]},
        {"Messages": [{"Body": json.dumps(SNS)}]},
        {"source": "aws.ses", "detail-type": "Email Bounced", "detail": BOUNCE},
        {"events": [{"timestamp": 1, "message": json.dumps({"detail": BOUNCE})}]},
        [BOUNCE],
    ],
    ids=["bare", "sns", "lambda", "sqs event", "sqs", "eventbridge", "logs", "list"],
)
def test_one_is_found_in_every_envelope(wrapped: object) -> None:
    assert read(wrapped) == [BOUNCE]


@pytest.mark.parametrize("between", ["\n", "\r\n", "", " ", ",\n", "\n\n# next\n"])
def test_several_are_found_one_after_the_other(between: str) -> None:
    text = between.join([TEXT, json.dumps(DELAY), json.dumps(SNS)])
    assert list(notifications(text.encode())) == [BOUNCE, DELAY, BOUNCE]


@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n", "Message:\n", "2026-11-20T09:00:00 "])
def test_text_around_it_does_not_matter(before: str) -> None:
    assert list(notifications((before + TEXT + FOOTER).encode())) == [BOUNCE]


def mail(**given: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "AWS <no-reply@sns.amazonaws.com>", "Amazon SES {bounce}"
    message.set_content(TEXT + FOOTER, **given)
    return message


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_it_is_found_in_the_mail_that_sns_sends(encoding: str, charset: str) -> None:
    assert list(notifications(mail(cte=encoding, charset=charset).as_bytes())) == [BOUNCE]


def test_it_is_found_once_in_a_mail_with_two_renderings() -> None:
    message = mail()
    message.add_alternative(f"<p>{TEXT}</p>", subtype="html")
    assert list(notifications(message.as_bytes())) == [BOUNCE]


def test_it_is_found_in_html_alone() -> None:
    message = EmailMessage()
    escaped = TEXT.replace("<", "&lt;").replace('"', "&quot;").replace(",", ",<br>")
    message.set_content(f"<html><body>{escaped}</body></html>", subtype="html")
    assert list(notifications(message.as_bytes())) == [BOUNCE]


def test_it_is_found_in_a_mail_that_was_forwarded_as_an_attachment() -> None:
    message = EmailMessage()
    message["Subject"] = "Fwd"
    message.set_content("What is this?")
    message.add_attachment(mail())
    assert list(notifications(message.as_bytes())) == [BOUNCE]


def test_it_is_found_in_an_attached_file() -> None:
    message = EmailMessage()
    message.set_content("What is this?")
    message.add_attachment(TEXT.encode(), "application", "json", filename="bounce.json")
    assert list(notifications(message.as_bytes())) == [BOUNCE]


def test_a_mail_in_a_character_set_that_nobody_knows_is_read_all_the_same() -> None:
    raw = mail(cte="8bit").as_bytes().replace(b'charset="utf-8"', b'charset="x-none"')
    assert b"x-none" in raw
    assert list(notifications(raw)) == [BOUNCE]


def test_lines_that_a_mail_program_broke_are_read() -> None:
    broken = TEXT.replace("noreply", "nore\nply")
    (found,) = notifications(broken.encode())
    assert explain(found).source == "<nore ply@example.org>"


REPORT = b"""From: MAILER-DAEMON@amazonses.com
To: noreply@example.org
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

An error occurred while trying to deliver the mail to the following recipients:
jane@example.net
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; a8-70.smtp-out.amazonses.com

Action: %s
Final-Recipient: rfc822; jane@example.net
Diagnostic-Code: smtp; 550 5.1.1 user
 unknown
Status: 5.1.1

--x
Content-Type: message/rfc822

From: noreply@example.org
To: jane@example.net
Subject: Hello

Hello
--x--
"""
COMPLAINT = b"""From: staff@hotmail.com
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="x"

--x
Content-Type: text/plain

This is an email abuse report.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Original-Rcpt-To: <jane@example.net>

--x
Content-Type: message/rfc822

From: noreply@example.org
Subject: Hello

Hello
--x--
"""


@pytest.mark.parametrize(
    ("action", "event"), [(b"failed", "Bounce"), (b"delayed", "DeliveryDelay")]
)
def test_a_bounce_that_came_back_as_a_mail_is_read(action: bytes, event: str) -> None:
    (found,) = [explain(each) for each in notifications(REPORT % action)]
    assert (found.event, found.known, found.source) == (event, True, "noreply@example.org")
    assert found.subject == "Hello"
    (recipient,) = found.recipients
    assert recipient.address == "jane@example.net"
    values = [point.value for point in recipient.points]
    assert values == ["5.1.1", "smtp; 550 5.1.1 user unknown"]


def test_a_complaint_that_came_as_a_mail_is_read() -> None:
    (found,) = [explain(each) for each in notifications(COMPLAINT)]
    assert found.event == "Complaint"
    assert [recipient.address for recipient in found.recipients] == ["jane@example.net"]
    assert "spam" in " ".join(point.meaning for point in found.points)


@pytest.mark.parametrize(
    "data",
    [b"", b"Hello", b"{}", b"[]", b"{", b"[1, 2", b"\xff\xfe\x00", b'{"Type": "Notification"}'],
)
def test_what_has_none_has_none(data: bytes) -> None:
    assert list(notifications(data)) == []


def test_brackets_without_end_are_read_at_once() -> None:
    assert list(notifications(b"[" * 5_000_000)) == []
    assert list(notifications(b'{"a":' * 100_000)) == []


def fields(value: object) -> set[str]:
    if isinstance(value, dict):
        return {*value}.union(*map(fields, value.values()))
    return set().union(*map(fields, value)) if isinstance(value, list) else set()


CORPUS = Path(__file__).parent.glob("corpus/*.json")
FIELDS = st.sampled_from(sorted(fields([json.loads(file.read_text()) for file in CORPUS])))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a 5.1;\x1b\u202e", max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(FIELDS, JSON, max_size=6), st.sampled_from(["Alarm", *POINTS, "Unheard of"]))
def test_nothing_that_a_notification_may_hold_is_an_error(
    values: dict[str, object], event: str
) -> None:
    found = explain({**values, "eventType": event})
    assert found.meaning


@given(st.binary(max_size=300))
def test_nothing_that_a_file_may_hold_is_an_error(data: bytes) -> None:
    for found in notifications(data):
        assert explain(found).meaning
