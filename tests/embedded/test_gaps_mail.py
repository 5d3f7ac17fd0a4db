"""SES: what templates, functions and senders need of it, and what ministack lacks."""

from email.message import EmailMessage
from typing import Any, ClassVar

import pytest

DOMAIN = "open-contracting.org"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [of, name]}


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

    def test_an_address_has_no_dkim_of_its_own(self, aws: Any) -> None:
        identity = {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "data@example.org"},
        }
        aws.deploy("address", {"Address": identity})
        found = aws.client("sesv2").get_email_identity(EmailIdentity="data@example.org")
        assert found["DkimAttributes"]["Tokens"] == []
        assert aws.delete("address") == "DELETE_COMPLETE"


class TestReceiptRules:
    def rule(self, **changed: Any) -> dict[str, Any]:
        rule = {
            "Name": "store",
            "Enabled": True,
            "ScanEnabled": True,
            "Recipients": [DOMAIN],
            "Actions": [{"AddHeaderAction": {"HeaderName": "X-Seen", "HeaderValue": "yes"}}],
            **changed,
        }
        properties = {"RuleSetName": ref("Set"), "Rule": rule}
        return {"Type": "AWS::SES::ReceiptRule", "Properties": properties}

    def rule_set(self, name: str) -> dict[str, Any]:
        return {"Type": "AWS::SES::ReceiptRuleSet", "Properties": {"RuleSetName": name}}

    def test_a_rule_is_created_changed_and_deleted(self, aws: Any) -> None:
        ses = aws.client("ses")
        second = self.rule(Name="second")
        second["Properties"]["After"] = ref("Rule")
        resources = {"Set": self.rule_set("inbound"), "Rule": self.rule(), "Second": second}
        aws.deploy("receipt", resources)
        resources["Rule"] = self.rule(TlsPolicy="Require")
        aws.deploy("receipt", resources)
        first, _ = found = ses.describe_receipt_rule_set(RuleSetName="inbound")["Rules"]
        assert [rule["Name"] for rule in found] == ["store", "second"]
        assert first["TlsPolicy"] == "Require"
        assert first["Recipients"] == [DOMAIN]
        assert first["Actions"][0]["AddHeaderAction"]["HeaderName"] == "X-Seen"
        assert aws.delete("receipt") == "DELETE_COMPLETE"
        assert not ses.list_receipt_rule_sets()["RuleSets"]

    def test_the_active_rule_set_is_not_deleted(self, aws: Any) -> None:
        ses = aws.client("ses", region="eu-west-1")
        ses.create_receipt_rule_set(RuleSetName="active")
        ses.set_active_receipt_rule_set(RuleSetName="active")
        with pytest.raises(ses.exceptions.CannotDeleteException):
            ses.delete_receipt_rule_set(RuleSetName="active")

    def test_a_rule_that_ses_refuses_fails_the_stack(self, aws: Any) -> None:
        broken = self.rule(Actions=[{"StopAction": {"Scope": "Everything"}}])
        with pytest.raises(Exception, match=r"stopAction\.scope"):
            aws.deploy("refused", {"Set": self.rule_set("refused"), "Rule": broken})

    def test_a_bucket_that_ses_may_not_write_to_fails_the_stack(self, aws: Any) -> None:
        stored = {"S3Action": {"BucketName": ref("Bucket")}}
        resources = {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "inbound-mail"}},
            "Set": self.rule_set("stored"),
            "Rule": self.rule(Actions=[stored]),
        }
        with pytest.raises(Exception, match="Could not write to bucket: inbound-mail"):
            aws.deploy("unwritable", resources)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::inbound-mail/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        properties = {"Bucket": ref("Bucket"), "PolicyDocument": policy}
        resources["Policy"] = {"Type": "AWS::S3::BucketPolicy", "Properties": properties}
        resources["Rule"]["DependsOn"] = "Policy"
        aws.deploy("writable", resources)


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
        (listed,) = ses.list_suppressed_destinations()["SuppressedDestinationSummaries"]
        assert listed["EmailAddress"] == "gone@example.org"
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


IDENTITY_ARN = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
SET_ARN = "arn:aws:ses:us-east-1:123456789012:configuration-set/allowed"


def sender(where: Any, name: str, resources: list[str], **condition: Any) -> dict[str, Any]:
    """An IAM user who may send on these resources; its SES clients."""
    statement = {"Effect": "Allow", "Action": ["ses:SendRawEmail", "ses:SendEmail"]}
    policy = {"Statement": [{**statement, "Resource": resources, "Condition": condition}]}
    user = {
        "Type": "AWS::IAM::User",
        "Properties": {
            "UserName": name,
            "Policies": [{"PolicyName": "send", "PolicyDocument": policy}],
        },
    }
    where.deploy(f"sender-{name}", {"User": user})
    key = where.client("iam").create_access_key(UserName=name)["AccessKey"]
    credentials = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    found = where.client("sesv2").list_email_identities()["EmailIdentities"]
    if not any(identity["IdentityName"] == "example.com" for identity in found):
        where.client("sesv2").create_email_identity(EmailIdentity="example.com")
    return {name: where.client(name, **credentials) for name in ("ses", "sesv2")}


def message(from_: str, to: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, to, "subject"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("text")
    return mail.as_bytes()


class TestSending:
    FROM: ClassVar[dict[str, Any]] = {"StringEquals": {"ses:FromAddress": "noreply@example.com"}}

    def raw(self, clients: Any, *given: str, **headers: str) -> None:
        clients["ses"].send_raw_email(RawMessage={"Data": message(*given, **headers)})

    def test_a_sender_sends_as_itself_only(self, aws: Any) -> None:
        clients = sender(aws, "itself", [IDENTITY_ARN], **self.FROM)
        self.raw(clients, "Us <noreply@example.com>", "you@example.net")
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied") as denied:
            self.raw(clients, "ceo@example.com", "you@example.net")
        assert IDENTITY_ARN in str(denied.value)

    def test_so_does_it_with_the_second_api(self, aws: Any) -> None:
        clients = sender(aws, "second-api", [IDENTITY_ARN], **self.FROM)

        def send(from_: str) -> None:
            body = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
            clients["sesv2"].send_email(
                FromEmailAddress=from_,
                Destination={"ToAddresses": ["you@example.net"]},
                Content={"Simple": body},
            )

        send("noreply@example.com")
        with pytest.raises(clients["sesv2"].exceptions.ClientError, match="AccessDenied"):
            send("ceo@example.com")

    def test_a_sender_needs_its_identity(self, aws: Any) -> None:
        other = IDENTITY_ARN.replace("example.com", "example.net")
        clients = sender(aws, "other-identity", [other])
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied"):
            self.raw(clients, "noreply@example.com", "you@example.net")

    def test_a_sender_reaches_only_its_recipients(self, aws: Any) -> None:
        allowed = {"ForAllValues:StringLike": {"ses:Recipients": ["*@example.org"]}}
        clients = sender(aws, "test-environment", [IDENTITY_ARN], **allowed)
        self.raw(clients, "noreply@example.com", "tester@example.org")
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied"):
            self.raw(clients, "noreply@example.com", "tester@example.org, public@example.net")

    def test_a_configuration_set_must_be_allowed_too(self, aws: Any) -> None:
        for name in ("allowed", "denied"):
            configuration_set = {
                "Type": "AWS::SES::ConfigurationSet",
                "Properties": {"Name": name},
            }
            aws.deploy(f"set-{name}", {"Set": configuration_set})
        clients = sender(aws, "with-a-set", [IDENTITY_ARN, SET_ARN])
        given = ("noreply@example.com", "you@example.net")
        self.raw(clients, *given, X_SES_CONFIGURATION_SET="allowed")
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied") as denied:
            self.raw(clients, *given, X_SES_CONFIGURATION_SET="denied")
        assert "configuration-set/denied" in str(denied.value)

    def test_ministack_still_judges_sends_without_their_identity(self, pristine: Any) -> None:
        clients = sender(pristine, "itself", [IDENTITY_ARN], **self.FROM)
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied"):
            self.raw(clients, "noreply@example.com", "you@example.net")
