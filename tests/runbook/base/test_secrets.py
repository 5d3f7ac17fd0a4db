"""A secret that is read as one of its readers: by whom, with which permissions, for how long."""

from __future__ import annotations

import json
import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from runbook.base import secrets

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:books-AbCdEf"
ROLE = "arn:aws:iam::123456789012:role/operators"
CALLER = "arn:aws:sts::123456789012:assumed-role/staff/cleo@example.org"


class Answers:
    """Refuses the caller, and lets a session of the role read."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str, **given: Any) -> Any:
        self.allowed = "aws_session_token" in given
        return self

    def get_secret_value(self, **_: str) -> dict[str, str]:
        if not self.allowed:
            denied = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
            raise ClientError(denied, "GetSecretValue")  # type: ignore[arg-type]
        return {"SecretString": json.dumps({"password": "p"})}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012", "Arn": CALLER, "UserId": "AROA:cleo"}

    def assume_role(self, **given: Any) -> dict[str, dict[str, str]]:
        self.asked.append(given)
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return {"Credentials": dict.fromkeys(names, "x")}


def test_the_session_of_a_reader_reads_one_secret_for_a_quarter_of_an_hour_as_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = Answers()
    monkeypatch.setattr(boto3, "client", answers.client)
    assert secrets.read(ARN, [ROLE]) == {"password": "p"}
    (asked,) = answers.asked
    assert asked["RoleArn"] == ROLE
    assert asked["RoleSessionName"] == "cleo@example.org"
    assert asked["DurationSeconds"] == 900
    read, decrypt = json.loads(asked["Policy"])["Statement"]
    assert (read["Action"], read["Resource"]) == ("secretsmanager:GetSecretValue", ARN)
    assert decrypt["Action"] == "kms:Decrypt"
    through = {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
    assert decrypt["Condition"] == {"StringEquals": through}


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:user/staff/bob", "bob"),
        ("arn:aws:iam::123456789012:root", "root"),
        ("arn:aws:iam::123456789012:user/x", "x-"),
        ("arn:aws:sts::123456789012:federated-user/a b\N{LATIN SMALL LETTER E WITH ACUTE}", "a-b-"),
        (f"arn:aws:iam::123456789012:user/{'b' * 70}", "b" * 64),
    ],
)
def test_a_session_is_named_after_the_caller_in_the_letters_that_sts_takes(
    arn: str, name: str
) -> None:
    assert secrets.session_name(arn) == name
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII)
