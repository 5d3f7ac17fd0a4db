"""Receipt rules, and what is received by them."""

import json
from typing import Any

import pytest

from tests.embedded.gaps.messages import message
from tests.embedded.gaps.templates import ref

DOMAIN = "open-contracting.org"


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
        found = ses.list_receipt_rule_sets()["RuleSets"]
        assert "inbound" not in [rule_set["Name"] for rule_set in found]

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


class TestReceiving:
    """A domain whose mail is stored below a prefix of a bucket."""

    REGION, BUCKET = "eu-central-1", "received-by-rule"

    def receiving(self, where: Any) -> Any:
        ses, s3 = where.client("ses", region=self.REGION), where.client("s3", region=self.REGION)
        place = {"LocationConstraint": self.REGION}
        s3.create_bucket(Bucket=self.BUCKET, CreateBucketConfiguration=place)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{self.BUCKET}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        s3.put_bucket_policy(Bucket=self.BUCKET, Policy=json.dumps(policy))
        ses.verify_domain_identity(Domain=DOMAIN)
        ses.create_receipt_rule_set(RuleSetName="received")
        action = {"BucketName": self.BUCKET, "ObjectKeyPrefix": "in/"}
        rule = {"Recipients": [DOMAIN], "Enabled": True, "Actions": [{"S3Action": action}]}
        ses.create_receipt_rule(RuleSetName="received", Rule={**rule, "Name": "store"})
        return ses

    def send(self, ses: Any, *recipients: str) -> str:
        mail = message(f"noreply@{DOMAIN}", ", ".join(recipients))
        given = {"Destinations": [*recipients], "RawMessage": {"Data": mail}}
        return str(ses.send_raw_email(Source=f"noreply@{DOMAIN}", **given)["MessageId"])

    def stored(self, where: Any) -> dict[str, bytes]:
        s3 = where.client("s3", region=self.REGION)
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=self.BUCKET).get("Contents", ())]
        return {k: s3.get_object(Bucket=self.BUCKET, Key=k)["Body"].read() for k in keys}

    def test_mail_to_its_domain_is_stored_once_by_the_active_set_alone(
        self, aws: Any, pristine: Any
    ) -> None:
        for side in (aws, pristine):
            ses = self.receiving(side)
            self.send(ses, f"before@{DOMAIN}")
            ses.set_active_receipt_rule_set(RuleSetName="received")
            identifier = self.send(ses, f"a@{DOMAIN}", f"b@{DOMAIN}")
            self.send(ses, f"a@sub.{DOMAIN}")
            if side is aws:
                ((key, body),) = self.stored(aws).items()
                assert key == f"in/{identifier.partition('@')[0]}"
                assert b"Subject: subject" in body
            else:
                assert self.stored(pristine) == {}
            ses.set_active_receipt_rule_set()
