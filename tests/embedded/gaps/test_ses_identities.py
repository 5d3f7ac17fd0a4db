"""Identities, their feedback, and the account's suppression list."""

import json
from typing import Any, ClassVar

import pytest

from tests.embedded.gaps.templates import attribute, ref

DOMAIN = "open-contracting.org"


class TestEmailIdentity:
    IDENTITY: ClassVar[dict[str, Any]] = {
        "Type": "AWS::SES::EmailIdentity",
        "Properties": {
            "EmailIdentity": DOMAIN,
            "DkimSigningAttributes": {"NextSigningKeyLength": "RSA_2048_BIT"},
            "MailFromAttributes": {"MailFromDomain": f"mail.{DOMAIN}"},
            "ConfigurationSetAttributes": {"ConfigurationSetName": ref("Set")},
        },
    }
    SET: ClassVar[dict[str, Any]] = {
        "Type": "AWS::SES::ConfigurationSet",
        "Properties": {
            "Name": "credere",
            "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
            "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
            "ReputationOptions": {"ReputationMetricsEnabled": True},
        },
    }

    def test_a_domain_has_its_dkim_records_as_attributes(self, aws: Any, pristine: Any) -> None:
        resources = {"Identity": self.IDENTITY, "Set": self.SET}
        wanted = {f"Name{n}": attribute(f"DkimDNSTokenName{n}", "Identity") for n in (1, 2, 3)}
        wanted |= {f"Value{n}": attribute(f"DkimDNSTokenValue{n}", "Identity") for n in (1, 2, 3)}
        outputs = aws.deploy("identity", resources, **wanted)
        identity = aws.client("sesv2").get_email_identity(EmailIdentity=DOMAIN)
        for number, token in enumerate(identity["DkimAttributes"]["Tokens"], 1):
            assert outputs[f"Name{number}"] == f"{token}._domainkey.{DOMAIN}"
            assert outputs[f"Value{number}"] == f"{token}.dkim.amazonses.com"
        with pytest.raises(Exception, match="DkimDNSTokenName1"):
            pristine.deploy("identity", resources, **wanted)

    def test_an_identity_is_read_back_as_declared(self, aws: Any) -> None:
        declared, named = self.IDENTITY["Properties"], {"EmailIdentity": "example.edu"}
        identity = {**self.IDENTITY, "Properties": {**declared, **named}}
        own = {**self.SET, "Properties": {**self.SET["Properties"], "Name": "own"}}
        aws.deploy("read-back", {"Identity": identity, "Set": own})
        identity = aws.client("sesv2").get_email_identity(**named)
        assert identity["DkimAttributes"]["SigningEnabled"]
        assert identity["DkimAttributes"]["CurrentSigningKeyLength"] == "RSA_2048_BIT"
        assert identity["MailFromAttributes"]["MailFromDomain"] == f"mail.{DOMAIN}"
        assert identity["ConfigurationSetName"] == "own"

    def test_a_domain_that_was_made_by_hand_signs(self, aws: Any, pristine: Any) -> None:
        named = {"EmailIdentity": "by-hand.example.org"}
        found = {}
        for side in (aws, pristine):
            side.client("sesv2").create_email_identity(**named)
            found[side] = side.client("sesv2").get_email_identity(**named)["DkimAttributes"]
        assert found[aws]["SigningEnabled"]
        assert found[aws]["Status"] == "SUCCESS"
        assert not found[pristine]["SigningEnabled"]

    def test_an_address_has_no_dkim_of_its_own(self, aws: Any) -> None:
        identity = {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "data@example.org"},
        }
        aws.deploy("address", {"Address": identity})
        found = aws.client("sesv2").get_email_identity(EmailIdentity="data@example.org")
        assert found["DkimAttributes"]["Tokens"] == []
        assert aws.delete("address") == "DELETE_COMPLETE"


class TestConfigurationSet:
    """No gap; what the mail stack relies on."""

    def test_it_is_read_back_as_declared(self, aws: Any) -> None:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "data-example-org"}}
        named = {"Name": "advanced"}
        events = {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "Properties": {
                "ConfigurationSetName": ref("Set"),
                "EventDestination": {
                    "Name": "problems",
                    "Enabled": True,
                    "MatchingEventTypes": ["reject", "deliveryDelay", "renderingFailure"],
                    "SnsDestination": {"TopicARN": ref("Topic")},
                },
            },
        }
        declared = TestEmailIdentity.SET
        configuration_set = {**declared, "Properties": {**declared["Properties"], **named}}
        resources = {"Topic": topic, "Set": configuration_set, "Events": events}
        arn = aws.deploy("advanced", resources, Topic=ref("Topic"))["Topic"]
        ses = aws.client("sesv2")
        found = ses.get_configuration_set(ConfigurationSetName="advanced")
        assert found["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
        assert found["SuppressionOptions"]["SuppressedReasons"] == ["BOUNCE", "COMPLAINT"]
        assert found["ReputationOptions"]["ReputationMetricsEnabled"]
        (destination,) = ses.get_configuration_set_event_destinations(
            ConfigurationSetName="advanced"
        )["EventDestinations"]
        assert destination["SnsDestination"]["TopicArn"] == arn
        assert set(destination["MatchingEventTypes"]) == {
            "REJECT",
            "DELIVERY_DELAY",
            "RENDERING_FAILURE",
        }


class TestAccountSuppression:
    def test_the_setting_is_read_back_per_region(self, aws: Any) -> None:
        ses, other = (
            aws.client("sesv2", region="eu-west-3"),
            aws.client("sesv2", region="eu-west-2"),
        )
        ses.put_account_suppression_attributes(SuppressedReasons=["BOUNCE"])
        assert ses.get_account()["SuppressionAttributes"] == {"SuppressedReasons": ["BOUNCE"]}
        new = other.get_account()["SuppressionAttributes"]["SuppressedReasons"]
        assert new == ["BOUNCE", "COMPLAINT"]

    def test_an_address_is_put_looked_up_and_removed(self, aws: Any) -> None:
        ses, address = aws.client("sesv2"), {"EmailAddress": "gone@example.org"}
        ses.put_suppressed_destination(EmailAddress="Gone@example.org", Reason="BOUNCE")
        assert (
            ses.get_suppressed_destination(**address)["SuppressedDestination"]["Reason"] == "BOUNCE"
        )
        listed = ses.list_suppressed_destinations()["SuppressedDestinationSummaries"]
        assert "gone@example.org" in [found["EmailAddress"] for found in listed]
        ses.delete_suppressed_destination(**address)
        with pytest.raises(ses.exceptions.NotFoundException):
            ses.get_suppressed_destination(**address)

    def test_ministack_still_forgets_the_setting(self, pristine: Any) -> None:
        ses = pristine.client("sesv2")
        ses.put_account_suppression_attributes(SuppressedReasons=["BOUNCE"])
        assert ses.get_account()["SuppressionAttributes"] == {"SuppressedReasons": []}
        with pytest.raises(ses.exceptions.NotFoundException, match="Unknown SES v2 path"):
            ses.put_suppressed_destination(EmailAddress="a@example.org", Reason="BOUNCE")


class TestIdentityFeedback:
    def test_topic_and_headers_are_read_back(self, aws: Any) -> None:
        ses = aws.client("ses")
        ses.verify_email_identity(EmailAddress="feedback@example.org")
        named = {"Identity": "feedback@example.org"}
        topic = "arn:aws:sns:us-east-1:123456789012:data-example-org"
        ses.set_identity_notification_topic(**named, NotificationType="Bounce", SnsTopic=topic)
        ses.set_identity_headers_in_notifications_enabled(
            **named, NotificationType="Bounce", Enabled=True
        )
        ses.set_identity_feedback_forwarding_enabled(**named, ForwardingEnabled=False)
        found = ses.get_identity_notification_attributes(Identities=[named["Identity"]])
        attributes = found["NotificationAttributes"]["feedback@example.org"]
        assert attributes["BounceTopic"] == topic
        assert attributes["HeadersInBounceNotificationsEnabled"]
        assert not attributes["HeadersInComplaintNotificationsEnabled"]
        assert not attributes["ForwardingEnabled"]
        assert "ComplaintTopic" not in attributes

    def test_ministack_still_lacks_the_calls(self, pristine: Any) -> None:
        ses = pristine.client("ses")
        with pytest.raises(ses.exceptions.ClientError, match="Unknown action"):
            ses.get_identity_notification_attributes(Identities=["a@example.org"])
        with pytest.raises(ses.exceptions.ClientError, match="Unknown action"):
            ses.set_identity_headers_in_notifications_enabled(
                Identity="a@example.org", NotificationType="Bounce", Enabled=True
            )


class TestIdentityPolicies:
    STATEMENT: ClassVar[dict[str, str]] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "ses:SendEmail",
    }
    POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})

    def test_both_apis_set_and_read_them(self, aws: Any) -> None:
        first, second = aws.client("ses"), aws.client("sesv2")
        second.create_email_identity(EmailIdentity="with-policies.example.org")
        named = {"EmailIdentity": "with-policies.example.org"}
        second.create_email_identity_policy(**named, PolicyName="partner", Policy=self.POLICY)
        assert second.get_email_identity(**named)["Policies"] == {"partner": self.POLICY}
        arn = "arn:aws:ses:us-east-1:123456789012:identity/with-policies.example.org"
        assert first.list_identity_policies(Identity=arn)["PolicyNames"] == ["partner"]
        read = first.get_identity_policies(Identity=arn, PolicyNames=["partner", "none"])
        assert read["Policies"] == {"partner": self.POLICY}
        with pytest.raises(second.exceptions.AlreadyExistsException):
            second.create_email_identity_policy(**named, PolicyName="partner", Policy=self.POLICY)
        second.update_email_identity_policy(**named, PolicyName="other", Policy=self.POLICY)
        first.delete_identity_policy(Identity=arn, PolicyName="partner")
        assert [*second.get_email_identity_policies(**named)["Policies"]] == ["other"]

    def test_what_is_no_policy_is_refused(self, aws: Any) -> None:
        ses = aws.client("ses")
        ses.verify_email_identity(EmailAddress="refused@example.org")
        long = json.dumps({"Statement": [{**self.STATEMENT, "Sid": "x" * 4096}]})
        for name, policy in (("a b", self.POLICY), ("a", "{}"), ("a", "no JSON"), ("a", long)):
            with pytest.raises(ses.exceptions.InvalidPolicyException):
                ses.put_identity_policy(
                    Identity="refused@example.org", PolicyName=name, Policy=policy
                )

    def test_ministack_still_lacks_them(self, pristine: Any) -> None:
        ses = pristine.client("ses")
        with pytest.raises(ses.exceptions.ClientError, match="Unknown action"):
            ses.list_identity_policies(Identity="a@example.org")
