"""Receipt rules."""

from typing import Any

import pytest

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
