"""What SES decides by itself, with AWS's answers put in its mouth."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError

from runbook.mail.permission.message import Check, Message
from runbook.mail.permission.ses import Region, names

FROM = "noreply@mail.example.org"


class Ses:
    """A region's SES with these identities and sets."""

    def __init__(self, *, sandbox: bool = False, sent: float = 0, **account: Any) -> None:
        real = boto3.client("sesv2", region_name="us-east-1")
        self.meta, self.exceptions = real.meta, real.exceptions
        self.identities: dict[str, bool] = {"example.org": True}
        self.sets: dict[str, bool] = {"system": True}
        quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": sent}
        self.account = {"ProductionAccessEnabled": not sandbox, "SendQuota": quota, **account}

    def get_account(self) -> dict[str, Any]:
        return self.account

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:  # noqa: N803
        if EmailIdentity not in self.identities:
            raise self.missing("GetEmailIdentity")
        return {"VerifiedForSendingStatus": self.identities[EmailIdentity]}

    def get_configuration_set(self, ConfigurationSetName: str) -> dict[str, Any]:  # noqa: N803
        if ConfigurationSetName not in self.sets:
            raise self.missing("GetConfigurationSet")
        return {"SendingOptions": {"SendingEnabled": self.sets[ConfigurationSetName]}}

    def missing(self, operation: str) -> ClientError:
        answer: Any = {"Error": {"Code": "NotFoundException", "Message": "none"}}
        error: ClientError = self.exceptions.NotFoundException(answer, operation)
        return error

    def checks(self, used: str = "system", **given: Any) -> list[Check]:
        whole = {"from_address": FROM, "envelope": FROM, "recipients": ("a@example.net",)}
        region = Region(cast("Any", self))
        return [*region.checks(Message(**{**whole, **given}), used)]

    def refusals(self, used: str = "system", **given: Any) -> dict[str, str]:
        return {c.name: f"{c.why} | {c.answer}" for c in self.checks(used, **given) if not c.passes}


def test_a_domain_covers_its_subdomains_and_an_address_stands_before_it() -> None:
    assert [*names("A@b.Example.org")] == ["A@b.Example.org", "b.example.org", "example.org"]
    ses = Ses()
    assert ses.refusals() == {}
    ses.identities[FROM] = False
    assert ses.refusals() == {}, "its domain is verified"
    ses.identities["example.org"] = False
    assert f"{FROM} is not verified" in ses.refusals()["identity"]


def test_an_unverified_envelope_is_refused_though_the_from_address_is_right() -> None:
    refused = Ses().refusals(envelope="root@host.example.net")
    assert [*refused] == ["envelope"]
    assert "554 Message rejected: Email address is not verified." in refused["envelope"]
    assert "US-EAST-1: root@host.example.net" in refused["envelope"]


def test_a_set_that_is_missing_or_paused_refuses() -> None:
    ses = Ses()
    assert "does not exist" in ses.refusals("typo")["configuration set"]
    ses.sets["system"] = False
    assert "is paused" in ses.refusals()["configuration set"]
    assert ses.refusals("") == {}


def test_in_the_sandbox_recipients_have_to_be_verified() -> None:
    ses = Ses(sandbox=True)
    refused = ses.refusals(recipients=("a@example.net", "b@example.org"))
    assert "a@example.net is not verified" in refused["sandbox"]
    assert ses.refusals(recipients=("b@example.org",)) == {}
    assert ses.refusals(recipients=("success@simulator.amazonses.com",)) == {}


@pytest.mark.parametrize("account", [{"SendingEnabled": False}, {"EnforcementStatus": "SHUTDOWN"}])
def test_a_paused_account_refuses(account: dict[str, Any]) -> None:
    assert "paused" in Ses(**account).refusals()["account"]


def test_a_used_up_quota_refuses() -> None:
    assert Ses(sent=199).refusals() == {}
    refused = Ses(sent=199).refusals(recipients=("a@example.net", "b@example.net"))
    assert "454 Throttling failure" in refused["quota"]
    ses = Ses(sent=5)
    ses.account["SendQuota"]["Max24HourSend"] = -1.0
    assert ses.refusals() == {}
