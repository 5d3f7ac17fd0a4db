from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aws_cdk.assertions import Match, Template

RECEIVING = """
mail:
  domains:
    example.org: {receives_mail: true}
    example.com: {receives_mail: true}
    example.net: {}
  addresses:
    data@example.org: {}
    data@example.net: {}
"""


@pytest.fixture
def template(templates: Callable[[str], dict[str, Template]]) -> Template:
    return templates(RECEIVING)["mail-us-east-1"]


def test_each_recipient_has_a_rule_with_tls_and_a_scan_and_a_prefix(
    template: Template,
) -> None:
    rules = [
        resource["Properties"]["Rule"]
        for resource in template.find_resources("AWS::SES::ReceiptRule").values()
    ]
    assert {
        rule["Recipients"][0]: rule["Actions"][0]["S3Action"]["ObjectKeyPrefix"] for rule in rules
    } == {
        "example.org": "example.org/",
        "example.com": "example.com/",
        "data@example.org": "data@example.org/",
    }
    assert all(rule["TlsPolicy"] == "Require" and rule["ScanEnabled"] for rule in rules)


def test_received_mail_is_kept_for_30_days_and_outlives_the_declaration(
    template: Template,
) -> None:
    template.has_resource(
        "AWS::S3::Bucket",
        {
            "DeletionPolicy": "RetainExceptOnCreate",
            "Properties": {
                "LifecycleConfiguration": {
                    "Rules": [Match.object_like({"ExpirationInDays": 30, "Status": "Enabled"})]
                }
            },
        },
    )
    template.has_resource("AWS::S3::BucketPolicy", {"DeletionPolicy": "RetainExceptOnCreate"})


def test_only_this_rule_set_of_this_account_writes_and_only_over_tls(template: Template) -> None:
    (policy,) = template.find_resources("AWS::S3::BucketPolicy").values()
    deny, allow = policy["Properties"]["PolicyDocument"]["Statement"]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allow["Action"] == "s3:PutObject"
    assert allow["Principal"] == {"Service": "ses.amazonaws.com"}
    assert allow["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    (rule_set,) = template.find_resources("AWS::SES::ReceiptRuleSet")
    source = json.dumps(allow["Condition"]["ArnLike"]["aws:SourceArn"])
    assert f'"Ref": "{rule_set}"' in source
    assert ":receipt-rule/*" in source


def test_ses_may_write_before_a_rule_is_made(template: Template) -> None:
    (policy,) = template.find_resources("AWS::S3::BucketPolicy")
    rules = template.find_resources("AWS::SES::ReceiptRule").values()
    assert all(policy in rule["DependsOn"] for rule in rules)
