"""Sending as a sender's application does."""

from __future__ import annotations

import os
import smtplib
from email.message import EmailMessage
from typing import Any, cast

import pytest

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.credentials.values import Smtp
from runbook.mail.simulator import smtp
from runbook.mail.simulator.smtp import Sent
from tests import sleeping

HOST = Smtp(
    host="email-smtp.us-east-1.amazonaws.com",
    port=587,
    username="AKIAEXAMPLE",
    password="sesame",
)


class Server:
    """What a host answers to the commands, in turn for each message."""

    def __init__(self, *answers: dict[str, tuple[int, bytes]]) -> None:
        self.answers = [*answers]
        self.data_sent: list[bytes] = []

    def rset(self) -> None:
        self.now = self.answers.pop(0)

    def mail(self, sender: str) -> tuple[int, bytes]:
        return self.now.get("mail", (250, b"Ok"))

    def rcpt(self, recipient: str) -> tuple[int, bytes]:
        return self.now.get("rcpt", (250, b"Ok"))

    def data(self, message: bytes) -> tuple[int, bytes]:
        self.data_sent.append(message)
        code, answer = self.now["data"]
        if code == 503:
            raise smtplib.SMTPDataError(code, answer)
        return code, answer


def send(*answers: dict[str, tuple[int, bytes]]) -> Sent:
    message = EmailMessage()
    message["From"], message["To"] = "noreply@example.org", "success@simulator.amazonses.com"
    return smtp.send(cast("Any", Server(*answers)), "noreply@example.org", message)


def test_an_accepted_message_is_known_by_its_id() -> None:
    assert send({"data": (250, b"Ok 0100019a-000000")}) == Sent(message_id="0100019a-000000")


@pytest.mark.parametrize("where", ["mail", "rcpt", "data"])
def test_the_first_refusal_is_the_answer(where: str) -> None:
    accepted = {"data": (250, b"Ok 1")}
    sent = send({**accepted, where: (554, b"Access denied:\r\n User")})
    assert sent == Sent(refusal="554 Access denied: User")


def test_a_refusal_of_the_data_command_is_an_answer_too() -> None:
    assert send({"data": (503, b"Bad sequence")}).refusal == "503 Bad sequence"


def test_a_throttled_message_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    sleeping.replaced(monkeypatch, waited.append)
    throttled = {"data": (454, b"Throttling failure: Maximum sending rate exceeded.")}
    assert send(throttled, throttled, {"data": (250, b"Ok 1")}).message_id == "1"
    assert waited == [1, 1]
    sent = send(*[throttled] * smtp.TRIES)
    assert sent.refusal.startswith("454 Throttling failure")


def test_no_representation_has_the_password() -> None:
    assert "sesame" not in repr(HOST)


@pytest.mark.embedded
@pytest.mark.xdist_group("runbook")
@pytest.mark.usefixtures("account")
def test_a_wrong_password_is_said_to_be_wrong() -> None:
    here = {"host": "localhost", "port": aws.embedded_smtp_port()}
    with (
        pytest.raises(UserError, match="refuses the sender's user name and password") as error,
        smtp.connected(HOST.model_copy(update=here), os.environ["AWS_CA_BUNDLE"]),
    ):
        pass
    assert "credentials.version" in error.value.advice
    assert "sesame" not in str(error.value)


def test_a_host_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    with (
        pytest.raises(UserError, match=r"email-smtp.us-east-1.amazonaws.com:587 cannot be used"),
        smtp.connected(HOST),
    ):
        pass
