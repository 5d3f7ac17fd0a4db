"""What SES says of the account, and which receipt rule set is active."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check, mail
from runbook.doctor.place import Place
from tests.runbook.doctor.asking import asked, client, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestMail:
    FILE = "mail: {domains: {example.org: {}}}"

    def account(self, patch: pytest.MonkeyPatch, **fields: Any) -> None:
        quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}
        found = {"SendingEnabled": True, "SendQuota": quota, **fields}

        class Ses:
            def get_account(self) -> dict[str, Any]:
                return found

        patch.setattr(Place, "sesv2", Ses())

    def test_the_sandbox_is_said_with_what_it_means(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=False)
        found = asked(self.FILE, Check.MAIL)
        assert Answer(mail.SANDBOX) in found
        assert all(each.state is State.RIGHT for each in found)

    def test_a_paused_account_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=True, SendingEnabled=False)
        assert "paused" in wrong(self.FILE, Check.MAIL).text

    def test_a_quota_that_the_account_has_not_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.account(monkeypatch, ProductionAccessEnabled=False)
        text = "mail: {domains: {example.org: {}}, quota: {daily: 50000, per_second: 14}}"
        assert "the file says 50000 a day" in wrong(text, Check.MAIL).text

    def test_a_region_in_which_ses_does_not_answer_cannot_be_asked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Ses:
            def get_account(self) -> None:
                raise EndpointConnectionError(endpoint_url="https://email.example")

        monkeypatch.setattr(Place, "sesv2", Ses())
        (found,) = asked(self.FILE, Check.MAIL)
        assert found.state is State.UNASKED


class TestReceiving:
    FILE = "mail: {domains: {example.org: {receives_mail: true}}}"

    def test_somebodys_active_rule_set_is_wrong(self) -> None:
        ses = client("ses")
        assert asked(self.FILE, Check.RECEIVING) == [
            Answer("no receipt rule set is active: ours will be")
        ]
        ses.create_receipt_rule_set(RuleSetName="theirs")
        ses.set_active_receipt_rule_set(RuleSetName="theirs")
        found = wrong(self.FILE, Check.RECEIVING)
        ses.set_active_receipt_rule_set()
        ses.delete_receipt_rule_set(RuleSetName="theirs")
        assert found.text == (
            "the receipt rule set theirs is active (no stack has it); deploying activates ours"
        )
