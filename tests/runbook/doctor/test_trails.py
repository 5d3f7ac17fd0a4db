"""The trails that the account has, beside the one that the file may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check
from runbook.doctor.place import Place
from tests.runbook.doctor.asking import asked, database, wrong

FILE = "mail: {domains: {example.org: {}}}\n"
ACCESS = """
access:
  author: {principals: ["arn:aws:iam::123456789012:role/a"]}
  approver: {principals: ["arn:aws:iam::123456789012:role/b"]}
"""
CONSUMED = database(
    replicas={"reports": {"instance": "db.t4g.micro", "consumers": {"x": {"bastion": True}}}}
)


def having(patch: pytest.MonkeyPatch, *trails: dict[str, Any], logging: bool = True) -> None:
    class CloudTrail:
        def describe_trails(self) -> dict[str, Any]:
            found = [
                {"TrailARN": trail["Name"], "IsMultiRegionTrail": True, **trail} for trail in trails
            ]
            return {"trailList": found}

        def get_trail_status(self, Name: str) -> dict[str, Any]:  # noqa: N803 - as AWS names it
            return {"IsLogging": logging}

    patch.setattr(Place, "cloudtrail", CloudTrail())


def test_an_account_without_a_trail_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch)
    (found,) = asked(FILE, Check.TRAILS)
    assert found.text.startswith("no trail")
    assert found.state is State.RIGHT


def test_it_is_wrong_where_others_read_a_replica(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch)
    assert "access.trail" in wrong(CONSUMED, Check.TRAILS).advice


def test_a_trail_that_does_not_log_or_is_of_one_region_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    having(monkeypatch, {"Name": "stopped"}, logging=False)
    assert wrong(CONSUMED, Check.TRAILS).text.startswith("no trail")
    having(monkeypatch, {"Name": "one", "IsMultiRegionTrail": False})
    assert wrong(CONSUMED, Check.TRAILS).text.startswith("no trail")


def test_a_trail_has_to_validate(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, {"Name": "theirs"})
    assert wrong(FILE, Check.TRAILS).text == "theirs records all regions, without validation"
    having(monkeypatch, {"Name": "theirs", "LogFileValidationEnabled": True})
    assert asked(FILE, Check.TRAILS) == [Answer("theirs records all regions, with validation")]


def test_a_second_trail_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, {"Name": "groundwork"})
    declared = f"{FILE}{ACCESS}  trail: {{}}\n"
    assert asked(declared, Check.TRAILS) == [Answer("the file's trail is the account's only one")]
    having(monkeypatch, {"Name": "groundwork"}, {"Name": "theirs"})
    assert "theirs records all regions already" in wrong(declared, Check.TRAILS).text
