from __future__ import annotations

import json
import smtplib
import urllib.request
from contextlib import nullcontext
from typing import Any

import pytest

from groundwork.functions.credentials import handler, smtp, verify
from groundwork.functions.credentials.access_keys import AccessKey
from groundwork.functions.shared import retry
from groundwork.functions.shared.cloudformation import Event, Failure
from tests.constructs.functions.fake_keys import ARN, USER, FakeAws
from tests.constructs.functions.fake_rds import FakeStacks
from tests.constructs.functions.faults import refusal


class Sts:
    """Takes a key after having refused it a few times."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals

    def get_caller_identity(self) -> None:
        self.refusals -= 1
        if self.refusals >= 0:
            raise refusal("InvalidClientTokenId")


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


@pytest.fixture
def sts() -> Sts:
    return Sts(refusals=2)


@pytest.fixture(autouse=True)
def answers(aws: FakeAws, sts: Sts, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put the account in AWS's place, and return what CloudFormation is told."""
    clients = {"iam": aws.iam, "secretsmanager": aws.secrets, "sts": sts}
    clients["cloudformation"] = FakeStacks("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    for module in (handler, verify):
        monkeypatch.setattr(module.boto3, "client", lambda name, **_: clients[name])
    monkeypatch.setattr(retry, "PAUSE", 0)
    monkeypatch.setattr(handler, "retry_until_allowed", lambda client: client)
    told: list[dict[str, Any]] = []

    def put(request: urllib.request.Request, timeout: float) -> Any:
        assert isinstance(request.data, bytes)
        assert (request.method, request.headers["Content-type"]) == ("PUT", "")
        told.append(json.loads(request.data))
        return nullcontext()

    monkeypatch.setattr(urllib.request, "urlopen", put)
    return told


def event(kind: str, version: str = "1") -> Event[handler.Properties]:
    """Write a request as CloudFormation does, which makes text of numbers."""
    return {
        "RequestType": kind,
        "RequestId": f"{kind}-{version}",
        "StackId": "stack",
        "LogicalResourceId": "key",
        "ResponseURL": "https://cloudformation.example/answer",
        "ResourceProperties": {
            "User": USER,
            "Secret": ARN,
            "Version": version,
            "Template": {"region": "us-east-1", "bucket": "ocp"},
        },
    }


def test_a_creation_answers_without_telling_anything(
    aws: FakeAws, answers: list[dict[str, Any]]
) -> None:
    handler.handle(event("Create"), None)
    assert answers == [
        {
            "Status": "SUCCESS",
            "Reason": "Done",
            "PhysicalResourceId": USER,
            "StackId": "stack",
            "RequestId": "Create-1",
            "LogicalResourceId": "key",
        }
    ]
    assert (aws.value()["version"], aws.value()["bucket"]) == (1, "ocp")


def test_the_same_number_in_the_file_renews_nothing(aws: FakeAws) -> None:
    handler.handle(event("Create"), None)
    before = aws.value()
    handler.handle(event("Update"), None)
    assert aws.value() == before


def test_a_raised_number_renews(aws: FakeAws) -> None:
    handler.handle(event("Create"), None)
    handler.handle(event("Update", "2"), None)
    assert list(aws.keys or ()) == ["AKIA1", "AKIA2"]


def test_a_deletion_deletes_the_keys(aws: FakeAws, answers: list[dict[str, Any]]) -> None:
    handler.handle(event("Create"), None)
    aws.watched = False
    handler.handle(event("Delete"), None)
    assert aws.keys == {}
    assert answers[-1]["Status"] == "SUCCESS"


def test_a_key_that_aws_never_takes_is_removed_and_the_reason_says_so(
    aws: FakeAws, sts: Sts, answers: list[dict[str, Any]]
) -> None:
    sts.refusals = 1000
    handler.handle(event("Create"), None)
    assert answers[-1]["Status"] == "FAILED"
    assert "AWS does not accept the new key of credere" in answers[-1]["Reason"]
    assert aws.keys == {}


def test_a_rotation_logs_in_to_smtp_in_every_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[tuple[Any, ...]] = []
    monkeypatch.setattr(smtp, "log_in", lambda *place: tried.append(place))
    place = {"port": 587, "username": "AKIA", "password": "hidden"}
    value = {
        "user": USER,
        "region": "a",
        "access_key_id": "AKIA",
        "secret_access_key": "hidden",
        "regions": {"a": {"host": "smtp.a", **place}, "b": {"host": "smtp.b", **place}},
    }
    verify.can_send(value)
    assert tried == [("smtp.a", 587, "AKIA", "hidden"), ("smtp.b", 587, "AKIA", "hidden")]


def test_a_password_that_smtp_refuses_is_named_by_its_host_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*place: Any) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"hidden")

    monkeypatch.setattr(smtp, "log_in", refuse)
    place = {"host": "smtp.a", "port": 587, "username": "AKIA", "password": "hidden"}
    value = {"user": USER, "region": "a", "regions": {"a": place}}
    value |= {"access_key_id": "AKIA", "secret_access_key": "hidden"}
    with pytest.raises(Failure) as failure:
        verify.can_send(value)
    assert str(failure.value) == (
        "smtp.a does not accept the new password of credere: SMTPAuthenticationError"
    )


@pytest.mark.parametrize("name", ["createSecret", "testSecret"])
def test_a_rotation_finds_the_user_in_the_secret(aws: FakeAws, name: str) -> None:
    handler.handle(event("Create"), None)
    aws.versions["rotation"] = ("", {"AWSPENDING"})
    for step in ("createSecret", name):
        handler.handle({"Step": step, "SecretId": ARN, "ClientRequestToken": "rotation"}, None)
    assert aws.value("AWSPENDING")["user"] == USER
    assert list(aws.keys or ()) == ["AKIA1", "AKIA2"]


def test_a_key_does_not_show_its_secret() -> None:
    key = AccessKey("AKIA1", "hidden")
    assert "hidden" not in f"{key!r} {key} {[key]}"
