"""Identities that wait for their verification, and regions without SES."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded.gaps.ses._verification import state
from settings.values.names import SENDING
from tests.embedded.conftest import REGION

HOUR = 3600
ADDRESS, DOMAIN = "waiting@example.org.invalid", "waiting.invalid"


@pytest.mark.parametrize(
    ("identity", "hours", "found"),
    [
        ("a@example.invalid", 23, "Pending"),
        ("a@example.invalid", 24, "Failed"),
        ("example.invalid", 71, "Pending"),
        ("example.invalid", 72, "Failed"),
        ("a@example.org", 100, "Success"),
    ],
)
def test_how_long_a_verification_is_waited_for(identity: str, hours: int, found: str) -> None:
    assert state(identity, hours * HOUR) == found


def verified(where: Any, identity: str) -> list[Any]:
    """What each call says of an identity."""
    first, second = where.client("ses"), where.client("sesv2")
    found = second.get_email_identity(EmailIdentity=identity)
    attributes = first.get_identity_verification_attributes(Identities=[identity])
    (listed,) = (
        each
        for each in second.list_email_identities()["EmailIdentities"]
        if each["IdentityName"] == identity
    )
    return [
        found["VerifiedForSendingStatus"],
        attributes["VerificationAttributes"][identity]["VerificationStatus"].upper(),
        listed["VerificationStatus"],
    ]


class TestVerification:
    def send(self, where: Any, address: str) -> None:
        where.leave_sandbox()
        where.client("ses").send_email(
            Source=address,
            Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
            Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
        )

    def test_what_nobody_verified_is_pending_and_sends_nothing(self, aws: Any) -> None:
        identities = {
            name: {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": identity}}
            for name, identity in {"Address": ADDRESS, "Domain": DOMAIN}.items()
        }
        aws.deploy("unverified", identities)
        for identity in (ADDRESS, DOMAIN):
            assert verified(aws, identity) == [False, "PENDING", "PENDING"]
        for address in (ADDRESS, f"a@{DOMAIN}"):
            with pytest.raises(ClientError, match="Email address is not verified"):
                self.send(aws, address)

    def test_everything_else_is_verified_at_once(self, aws: Any) -> None:
        aws.client("sesv2").create_email_identity(EmailIdentity="known.example.org")
        assert verified(aws, "known.example.org") == [True, "SUCCESS", "SUCCESS"]

    def test_ministack_still_verifies_what_nobody_can(self, pristine: Any) -> None:
        pristine.client("ses").verify_email_identity(EmailAddress=ADDRESS)
        self.send(pristine, ADDRESS)


class TestRegions:
    MISSING = "eu-south-2"

    @pytest.mark.parametrize("api", ["ses", "sesv2"])
    def test_nothing_answers_where_ses_is_not(self, aws: Any, pristine: Any, api: str) -> None:
        call = {"ses": "get_send_quota", "sesv2": "get_account"}[api]
        with pytest.raises(ClientError, match="no endpoint of Amazon SES in eu-south-2"):
            getattr(aws.client(api, self.MISSING), call)()
        getattr(pristine.client(api, self.MISSING), call)()

    def test_cloudformation_does_not_know_its_types_there(self, aws: Any) -> None:
        for region, refused in ((self.MISSING, True), (REGION, False)):
            template = '{"Resources": {"Set": {"Type": "AWS::SES::ConfigurationSet"}}}'
            given = {"StackName": "in-a-region", "ChangeSetName": "a", "ChangeSetType": "CREATE"}
            cloudformation = aws.client("cloudformation", region)
            if refused:
                with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::SES"):
                    cloudformation.create_change_set(**given, TemplateBody=template)
            else:
                cloudformation.create_change_set(**given, TemplateBody=template)

    def test_the_file_allows_mail_where_it_answers(self, aws: Any) -> None:
        for region in SENDING:
            assert aws.client("sesv2", region).get_account()["SendQuota"]
