"""Each state that SES can report, in words, with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import boto3
import pytest

from runbook.mail.status import account, feedback, identities, tenants, topics
from runbook.mail.status.finding import Finding, Level, some
from settings.models.mail import ProductionAccess, Quota
from settings.plan.mail import AccountItem

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOMAIN, ADDRESS = "example.org", "data@example.org"
TOPIC = "arn:aws:sns:us-east-1:123456789012:example-org"


def words(findings: Any) -> str:
    return " | ".join(f"{each.level}: {each.text} → {each.remedy}" for each in findings)


def levels(findings: Any) -> list[Level]:
    return [each.level for each in findings]


def known(shape: str) -> set[str]:
    """The values that AWS's own model has."""
    model: Any = boto3.client("sesv2", region_name="us-east-1").meta.service_model
    return {*model.shape_for(shape).enum}


class TestVerification:
    def said(self, name: str, state: str, hours: float = 0, **given: Any) -> str:
        found = {"VerifiedForSendingStatus": False, "VerificationStatus": state, **given}
        began = NOW - timedelta(hours=hours)
        return words(identities.verification(name, cast("Any", found), began, NOW))

    def test_a_verified_identity_is_not_worth_a_word(self) -> None:
        assert self.said(DOMAIN, "SUCCESS", VerifiedForSendingStatus=True) == ""

    def test_the_hours_left_are_counted(self) -> None:
        assert "about 70 hours left" in self.said(DOMAIN, "PENDING", 1.5)
        assert "less than an hour left" in self.said(DOMAIN, "PENDING", 71.5)
        assert "the 72 hours since it was deployed are over" in self.said(DOMAIN, "PENDING", 80)
        assert "about 22 hours left" in self.said(ADDRESS, "PENDING", 1.5)

    def test_an_address_is_asked_for_again(self) -> None:
        assert f"→ groundwork mail verify {ADDRESS}" in self.said(ADDRESS, "PENDING")
        failed = self.said(ADDRESS, "FAILED", 30)
        assert "AWS's link expired" in failed
        assert "hours left" not in failed

    def test_a_domain_is_compared_with_the_dns(self) -> None:
        assert f"groundwork dns check {DOMAIN}" in self.said(DOMAIN, "PENDING")
        failed = self.said(DOMAIN, "FAILED", VerificationInfo={"ErrorType": "HOST_NOT_FOUND"})
        assert "the DNS has no such name" in failed
        assert "aws sesv2 put-email-identity-dkim-signing-attributes" in failed

    def test_an_identity_that_no_stack_made_has_no_hours(self) -> None:
        found = {"VerifiedForSendingStatus": False, "VerificationStatus": "PENDING"}
        text = words(identities.verification(DOMAIN, cast("Any", found), None, NOW))
        assert "hours" not in text

    def test_every_state_and_error_of_aws_has_words(self) -> None:
        assert {*identities.ERRORS} == known("VerificationError")
        states = known("VerificationStatus") | known("DkimStatus") | known("MailFromDomainStatus")
        assert {*identities.STATES} == states - {"SUCCESS"}
        assert {*account.REVIEWS} == known("ReviewStatus")


class TestDkim:
    def said(self, name: str = DOMAIN, **given: Any) -> str:
        whole = {"SigningEnabled": True, "Status": "SUCCESS", **given}
        return words(identities.dkim(name, cast("Any", {"DkimAttributes": whole})))

    def test_a_domain_that_signs_with_2048_bits_is_right(self) -> None:
        assert self.said(CurrentSigningKeyLength="RSA_2048_BIT") == ""

    def test_an_address_signs_as_its_domain_does(self) -> None:
        assert self.said(ADDRESS, SigningEnabled=False) == ""

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"SigningEnabled": False}, "switched off"),
            ({"Status": "PENDING"}, "has not found the records yet"),
            ({"Status": "FAILED"}, "gave up"),
            ({"CurrentSigningKeyLength": "RSA_1024_BIT"}, "1024 bits"),
        ],
    )
    def test_anything_else_needs_attention(self, given: dict[str, Any], text: str) -> None:
        assert text in self.said(**given)


class TestMailFrom:
    def said(self, declared: str | None, **given: Any) -> str:
        found = {"MailFromAttributes": given} if given else {}
        return words(identities.mail_from(DOMAIN, cast("Any", found), declared))

    def test_the_declared_domain_that_ses_uses_is_right(self) -> None:
        assert self.said(None) == ""
        used = {"MailFromDomain": "mail.example.org", "MailFromDomainStatus": "SUCCESS"}
        assert self.said("mail.example.org", **used) == ""

    def test_another_domain_needs_attention(self) -> None:
        assert "not set, and mail.example.org in the file" in self.said("mail.example.org")
        assert "bounce.example.org, and not set" in self.said(
            None, MailFromDomain="bounce.example.org"
        )

    @pytest.mark.parametrize(
        ("behavior", "text"),
        [("REJECT_MESSAGE", "refuses its mail"), ("USE_DEFAULT_VALUE", "uses amazonses.com")],
    )
    def test_what_becomes_of_mail_until_then_is_said(self, behavior: str, text: str) -> None:
        said = self.said(
            "mail.example.org",
            MailFromDomain="mail.example.org",
            MailFromDomainStatus="FAILED",
            BehaviorOnMxFailure=behavior,
        )
        assert text in said


def test_another_configuration_set_needs_attention() -> None:
    deployed: Any = {"ConfigurationSetName": "theirs"}
    assert "theirs, and none in the file" in words(identities.default_set(DOMAIN, deployed, None))
    assert words(identities.default_set(DOMAIN, deployed, "theirs")) == ""


class TestFeedback:
    def said(self, **given: Any) -> list[Finding]:
        whole = {
            "BounceTopic": TOPIC,
            "ComplaintTopic": TOPIC,
            "HeadersInBounceNotificationsEnabled": True,
            "HeadersInComplaintNotificationsEnabled": True,
        }
        return [*feedback.compare(DOMAIN, TOPIC, {**whole, **given}, "us-east-1")]

    def test_the_declared_topic_is_right(self) -> None:
        assert words(self.said()) == "ok: bounces and complaints reach example-org → "

    def test_a_topic_that_ses_dropped_is_put_back_by_a_command(self) -> None:
        (found,) = self.said(ComplaintTopic=None)
        assert "complaints reach no topic: SES dropped it" in found.text
        assert found.remedy == (
            "aws ses set-identity-notification-topic --region us-east-1 --identity example.org "
            f"--notification-type Complaint --sns-topic {TOPIC}"
        )

    def test_another_topic_and_missing_headers_need_attention(self) -> None:
        found = self.said(BounceTopic=f"{TOPIC}2", HeadersInComplaintNotificationsEnabled=False)
        assert levels(found) == [Level.ATTENTION, Level.ATTENTION]
        assert "without the original headers" in found[1].text


class TestTenants:
    ARN = "arn:aws:ses:us-east-1:123456789012:tenant/bulk/tn-1"

    def said(self, status: str) -> Finding:
        return tenants.sending(
            "bulk", cast("Any", {"TenantArn": self.ARN, "SendingStatus": status})
        )

    def test_one_that_ses_sends_for_is_right(self) -> None:
        assert self.said("ENABLED") == Finding("bulk", "sends")
        assert self.said("REINSTATED").level is Level.OK

    def test_a_paused_one_needs_attention_and_comes_with_the_command(self) -> None:
        found = self.said("DISABLED")
        assert (found.level, found.text[:6]) == (Level.ATTENTION, "paused")
        assert f"--reputation-entity-reference {self.ARN} --sending-status" in found.remedy


class TestTopics:
    def said(self, declared: list[str], deployed: dict[str, str]) -> list[Finding]:
        return [*topics.compare("example-org", declared, deployed)]

    def test_the_declared_subscribers_are_right(self) -> None:
        assert levels(self.said(["a@x.org"], {"a@x.org": "arn:1"})) == [Level.OK]

    def test_who_has_not_confirmed_is_named(self) -> None:
        (found,) = self.said(["a@x.org"], {"a@x.org": topics.PENDING})
        assert found.level is Level.ATTENTION
        assert "not confirmed by a@x.org" in found.text
        assert "two days" in found.remedy

    def test_who_is_missing_and_who_came_beside_is_named(self) -> None:
        found = self.said(["a@x.org"], {"b@x.org": "arn:1"})
        assert levels(found) == [Level.ATTENTION, Level.ATTENTION]
        assert "no longer subscribed: a@x.org" in found[0].text
        assert "beside the file: b@x.org" in found[1].text

    def test_a_topic_without_anybody_is_noted(self) -> None:
        assert levels(self.said([], {})) == [Level.NOTE]

    def test_a_confirmed_subscription_counts_beside_a_pending_one(self) -> None:
        for pair in (("arn:1", topics.PENDING), (topics.PENDING, "arn:1")):
            found = topics._confirmed_last(("a@x.org", arn) for arn in pair)
            assert found == {"a@x.org": "arn:1"}


def declared(**given: Any) -> AccountItem:
    whole: dict[str, Any] = {
        "suppression": ("bounce", "complaint"),
        "quota": Quota(),
        "production_access": None,
        "alarms": "mail-alarms",
        "subscribers": (),
        **given,
    }
    return AccountItem(**whole)


ASKED = ProductionAccess(
    mail_type="transactional", website="https://x.org", use_case="x" * 30, contacts=("a@x.org",)
)


class TestAccount:
    def sandbox(self, state: str = "", *, senders: bool = True, **given: Any) -> list[Finding]:
        found: dict[str, Any] = {"ProductionAccessEnabled": False}
        if state:
            found["Details"] = {"ReviewDetails": {"Status": state, "CaseId": "7"}}
        item = declared(**given)
        return [*account.sandbox(cast("Any", found), item, senders=senders)]

    @pytest.mark.parametrize(
        ("state", "level", "text"),
        [
            ("PENDING", Level.NOTE, "AWS decides on the request (case 7)"),
            ("DENIED", Level.ATTENTION, "AWS refused the request (case 7)"),
            ("FAILED", Level.ATTENTION, "did not reach"),
        ],
    )
    def test_the_requests_state_is_said(self, state: str, level: Level, text: str) -> None:
        (found,) = self.sandbox(state, production_access=ASKED)
        assert found.level is level
        assert text in found.text

    def test_a_sandbox_that_nobody_asked_to_leave_matters_to_senders(self) -> None:
        assert levels(self.sandbox()) == [Level.ATTENTION]
        assert levels(self.sandbox(senders=False)) == [Level.NOTE]
        (found,) = self.sandbox(production_access=ASKED)
        assert "was not sent" in found.text

    def test_an_account_outside_it_is_right(self) -> None:
        found: Any = {"ProductionAccessEnabled": True}
        assert levels(account.sandbox(found, declared(), senders=True)) == [Level.OK]

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"EnforcementStatus": "SHUTDOWN"}, "paused"),
            ({"SendingEnabled": False}, "paused"),
            ({"EnforcementStatus": "PROBATION"}, "under review by AWS (probation)"),
        ],
    )
    def test_an_account_that_may_not_send_needs_attention(
        self, given: dict[str, Any], text: str
    ) -> None:
        (found,) = account.standing(cast("Any", given))
        assert found.level is Level.ATTENTION
        assert text in found.text

    def quota(self, sent: float, most: float = 200, rate: float = 1, **file: int) -> list[Finding]:
        found = {"SendQuota": {"Max24HourSend": most, "MaxSendRate": rate, "SentLast24Hours": sent}}
        return [*account.quota(cast("Any", found), declared(quota=Quota(**file)))]

    def test_the_part_of_the_quota_that_is_used_is_said(self) -> None:
        (found,) = self.quota(100)
        assert found.text.startswith("100 of 200 sent in 24 hours (50%)")
        assert levels(self.quota(160)) == [Level.ATTENTION]
        assert levels(self.quota(0, most=0, rate=1))[0] is Level.ATTENTION
        assert "no limit" in self.quota(5, most=-1)[0].text

    def test_a_quota_that_the_file_has_wrong_is_said(self) -> None:
        early = self.quota(0, most=50000, rate=14)
        assert levels(early) == [Level.OK, Level.NOTE]
        assert early[1].remedy == "Set mail: {quota: {daily: 50000, per_second: 14}}"
        assert levels(self.quota(0, daily=50000)) == [Level.OK, Level.ATTENTION]

    @pytest.mark.parametrize(
        ("reasons", "file", "level"),
        [
            (["BOUNCE", "COMPLAINT"], ("bounce", "complaint"), Level.OK),
            ([], (), Level.OK),
            (["BOUNCE"], ("bounce", "complaint"), Level.ATTENTION),
            (["BOUNCE"], (), Level.ATTENTION),
        ],
    )
    def test_suppression_is_compared_with_the_file(
        self, reasons: list[str], file: tuple[str, ...], level: Level
    ) -> None:
        found: Any = {"SuppressionAttributes": {"SuppressedReasons": reasons}}
        (finding,) = account.suppression(found, declared(suppression=file), "us-east-1")
        assert finding.level is level
        if level is Level.ATTENTION:
            assert finding.remedy.endswith(
                f"--suppressed-reasons {' '.join(r.upper() for r in file)}".rstrip()
            )

    @pytest.mark.parametrize(
        ("metric", "rate", "level"),
        [
            ("Reputation.BounceRate", None, Level.OK),
            ("Reputation.BounceRate", 0.0499, Level.OK),
            ("Reputation.BounceRate", 0.05, Level.ATTENTION),
            ("Reputation.ComplaintRate", 0.0009, Level.OK),
            ("Reputation.ComplaintRate", 0.001, Level.ATTENTION),
        ],
    )
    def test_a_rate_needs_attention_from_where_aws_reviews(
        self, metric: str, rate: float | None, level: Level
    ) -> None:
        assert account.reputation(metric, rate).level is level


def test_long_lists_are_cut() -> None:
    assert some("abc") == "a, b, c"
    assert some("abcdefgh") == "a, b, c, d, e and 3 more"
