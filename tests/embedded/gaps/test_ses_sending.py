"""What a send is authorized on."""

import json
from typing import Any, ClassVar

import pytest

from tests.embedded.gaps.messages import message

IDENTITY_ARN = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
FROM = "ses:FromAddress"
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
    where.leave_sandbox()
    return {name: where.client(name, **credentials) for name in ("ses", "sesv2")}


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

    def test_a_source_arn_is_judged_in_place_of_the_identity(self, aws: Any) -> None:
        clients = sender(aws, "source-arn", [IDENTITY_ARN])
        other = IDENTITY_ARN.replace("example.com", "example.edu")
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied") as denied:
            self.raw(clients, "noreply@example.com", "you@example.net", X_SES_SOURCE_ARN=other)
        assert other in str(denied.value)

    def test_an_identitys_own_policies_allow_and_deny(self, aws: Any) -> None:
        clients = sender(aws, "given", [IDENTITY_ARN], **self.FROM)
        user = "arn:aws:iam::123456789012:user/given"

        def given(name: str, effect: str, from_: str) -> None:
            statement = {"Effect": effect, "Principal": {"AWS": user}, "Action": "SES:Send*"}
            where = {"Resource": IDENTITY_ARN, "Condition": {"StringEquals": {FROM: from_}}}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **where}]})
            aws.client("ses").put_identity_policy(
                Identity="example.com", PolicyName=name, Policy=policy
            )

        given("allows", "Allow", "ceo@example.com")
        self.raw(clients, "ceo@example.com", "you@example.net")
        given("denies", "Deny", "noreply@example.com")
        with pytest.raises(clients["ses"].exceptions.ClientError, match="explicit deny"):
            self.raw(clients, "noreply@example.com", "you@example.net")
        for name in ("allows", "denies"):
            aws.client("ses").delete_identity_policy(Identity="example.com", PolicyName=name)
        self.raw(clients, "noreply@example.com", "you@example.net")

    def test_ministack_still_judges_sends_without_their_identity(self, pristine: Any) -> None:
        clients = sender(pristine, "itself", [IDENTITY_ARN], **self.FROM)
        with pytest.raises(clients["ses"].exceptions.ClientError, match="AccessDenied"):
            self.raw(clients, "noreply@example.com", "you@example.net")


class TestTenants:
    """A tenant of a stack: its API is ministack's own."""

    def deployed(self, where: Any) -> Any:
        identity = {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "tenants.example.org"},
        }
        arn = "arn:aws:ses:us-east-1:123456789012:identity/tenants.example.org"
        tenant = {
            "Type": "AWS::SES::Tenant",
            "DependsOn": ["Identity"],
            "Properties": {"TenantName": "one", "ResourceAssociations": [{"ResourceArn": arn}]},
        }
        where.deploy("tenant", {"Identity": identity, "Tenant": tenant})
        return where.client("sesv2")

    def test_a_stack_makes_a_tenant_with_what_is_its_own(self, aws: Any) -> None:
        ses = self.deployed(aws)
        (found,) = ses.list_tenant_resources(TenantName="one")["TenantResources"]
        assert found["ResourceArn"].endswith("identity/tenants.example.org")
        assert aws.delete("tenant") == "DELETE_COMPLETE"
        with pytest.raises(ses.exceptions.NotFoundException):
            ses.get_tenant(TenantName="one")

    def test_ministack_still_sends_in_any_tenant(self, pristine: Any) -> None:
        pristine.client("ses").verify_email_identity(EmailAddress="a@example.com")
        raw = message("a@example.com", "b@example.com", **{"X-SES-TENANT": "none"})
        pristine.client("ses").send_raw_email(RawMessage={"Data": raw})
