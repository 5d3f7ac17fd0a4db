"""Every value that AWS documents has a row in the corpus, and its own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runbook.mail.notifications.block_lists import ADVICE, BLOCK_LISTS, named_in
from runbook.mail.notifications.bounces import BOUNCES
from runbook.mail.notifications.complaints import FEEDBACK_TYPES, NEW, SUBTYPES
from runbook.mail.notifications.events import ALARMS, DELAYS, EVENTS, VALIDATED
from runbook.mail.notifications.explaining import Explanation, explain
from runbook.mail.notifications.reading import notifications
from runbook.mail.notifications.recipients import Recipient
from runbook.mail.notifications.status_codes import CODES, REPLIES

CORPUS = Path(__file__).parent / "corpus"


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CORPUS / f"{name}.json").read_text())
    return found


def explained(row: dict[str, Any]) -> Explanation:
    (found,) = [explain(each) for each in notifications(json.dumps(row).encode())]
    return found


def answered(diagnostic: str) -> Recipient:
    """What is said of a server's answer."""
    told = {"bouncedRecipients": [{"emailAddress": "a@b.example", "diagnosticCode": diagnostic}]}
    (recipient,) = explain({"eventType": "Bounce", "bounce": told}).recipients
    return recipient


def value(recipient: Recipient, name: str) -> str:
    return next((point.value for point in recipient.points if point.name == name), "")


@pytest.mark.parametrize("row", rows("bounces"), ids=lambda row: row["bounce"]["bounceSubType"])
def test_a_bounce_is_explained_by_its_type_and_subtype(row: dict[str, Any]) -> None:
    known = BOUNCES[row["bounce"]["bounceType"], row["bounce"]["bounceSubType"]]
    found = explained(row)
    assert (found.event, found.known, found.counts) == ("Bounce", True, known.counts)
    assert (found.points[0].meaning, found.advice[0]) == (known.text, known.advice)
    assert [recipient.address for recipient in found.recipients] == ["jane@example.net"]
    assert (found.source, found.subject) == ("noreply@example.org", "Hello")


def test_the_corpus_has_every_bounce() -> None:
    found = [
        (row["bounce"]["bounceType"], row["bounce"]["bounceSubType"]) for row in rows("bounces")
    ]
    assert found == list(BOUNCES)


@pytest.mark.parametrize("row", rows("complaints"))
def test_a_complaint_is_explained_by_its_subtype_and_its_feedback(row: dict[str, Any]) -> None:
    complaint, found = row["complaint"], explained(row)
    meanings = [point.meaning for point in found.points]
    subtype, kind = complaint["complaintSubType"], complaint.get("complaintFeedbackType")
    assert found.known
    if subtype:
        assert SUBTYPES[subtype].text in meanings
    if kind:
        assert FEEDBACK_TYPES[kind].text in meanings
    is_new = not subtype and kind not in ("not-spam", "auth-failure")
    assert (NEW.text in meanings) is is_new


def test_the_corpus_has_every_complaint() -> None:
    complaints = [row["complaint"] for row in rows("complaints")]
    assert {one["complaintSubType"] for one in complaints} == {None, *SUBTYPES}
    kinds = {one.get("complaintFeedbackType") for one in complaints}
    assert kinds == {None, *FEEDBACK_TYPES}


@pytest.mark.parametrize("row", rows("delays"), ids=lambda row: row["deliveryDelay"]["delayType"])
def test_a_delay_is_explained_by_its_type(row: dict[str, Any]) -> None:
    found = explained(row)
    assert found.points[0].meaning == DELAYS[row["deliveryDelay"]["delayType"]].text
    assert found.points[1].value == row["deliveryDelay"]["expirationTime"]
    assert value(found.recipients[0], "status") == "4.4.1"


def test_the_corpus_has_every_delay() -> None:
    assert [row["deliveryDelay"]["delayType"] for row in rows("delays")] == list(DELAYS)


@pytest.mark.parametrize("row", rows("events"))
def test_every_other_event_is_known(row: dict[str, Any]) -> None:
    found = explained(row)
    assert found.known
    assert found.meaning == EVENTS[found.event].text


def test_the_corpus_has_every_event_and_alarm() -> None:
    found = [explained(row).event for row in rows("events")]
    told_elsewhere = {"Bounce", "Complaint", "DeliveryDelay"}
    assert {*found} | told_elsewhere == {*EVENTS}
    assert VALIDATED in found
    metrics = {row["Trigger"]["MetricName"] for row in rows("events") if "Trigger" in row}
    assert metrics == {*ALARMS}


@pytest.mark.parametrize("row", rows("status_codes"), ids=lambda row: row["code"])
def test_an_enhanced_code_is_found_in_an_answer(row: dict[str, Any]) -> None:
    (status,) = [
        point for point in answered(row["diagnosticCode"]).points if point.name == "status"
    ]
    assert (status.value, status.known) == (row["code"], True)
    assert status.meaning.startswith(CODES[row["code"][2:]])


@pytest.mark.parametrize("row", rows("replies"), ids=lambda row: row["reply"])
def test_a_plain_reply_is_explained_where_there_is_no_code(row: dict[str, Any]) -> None:
    found = {point.name: point for point in answered(row["diagnosticCode"]).points}
    assert (found["reply"].value, found["reply"].meaning) == (row["reply"], REPLIES[row["reply"]])


def test_the_corpus_has_every_code_and_reply() -> None:
    assert [row["code"][2:] for row in rows("status_codes")] == list(CODES)
    assert [row["reply"] for row in rows("replies")] == list(REPLIES)


@pytest.mark.parametrize("row", rows("block_lists"), ids=lambda row: row["block_list"])
def test_a_block_list_is_recognized(row: dict[str, Any]) -> None:
    (listed,) = [
        point for point in answered(row["diagnosticCode"]).points if point.name == "block list"
    ]
    known = named_in(row["diagnosticCode"])
    assert known
    assert (listed.value, listed.advice) == (row["block_list"], ADVICE[known.lists])
    assert listed.meaning.startswith("http")


def test_the_corpus_has_every_block_list() -> None:
    assert [row["block_list"] for row in rows("block_lists")] == [each.name for each in BLOCK_LISTS]


@pytest.mark.parametrize(
    "answer",
    [
        "smtp; 250 ok from d41696a.ess.barracudanetworks.com",
        "smtp; 550 5.1.1 mx0a-001.pphosted.com: user unknown, see https://www.proofpoint.com",
        "smtp; 550 5.7.1 message looks like spam",
        "smtp; 550 mail.protection.outlook.com: recipient not found",
        "smtp; 550 5.1.10 surblime@example.net does not exist",
    ],
)
def test_a_hosts_name_is_no_block_list(answer: str) -> None:
    assert named_in(answer) is None
