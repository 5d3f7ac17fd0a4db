from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from aws_cdk.assertions import Match, Template

from tests.builders import sender

Templates = Callable[[str], Mapping[str, Template]]

MAIL = f"""
mail:
  quota: {{daily: 50000, per_second: 14}}
  domains:
    example.org: {{configuration_set: system}}
    example.com: {{configuration_set: news, regions: [us-east-1, eu-west-1]}}
  addresses:
    news@example.org: {{configuration_set: news}}
  configuration_sets: {{system: , news: {{regions: [us-east-1, eu-west-1]}}}}
  tenants:
    bulk: {{category: marketing}}
    notices: {{pause: strict}}
  senders:
    app: {sender("app@example.org")}
    notices: {sender("notices@example.org", tenant="notices")}
    news: {sender("news@example.org", category="marketing", configuration_set="news")}
    offers: {sender("offers@example.com", category="marketing", regions=["us-east-1", "eu-west-1"])}
"""
ARN = "arn:aws:ses:us-east-1:123456789012:"


@pytest.fixture
def template(templates: Templates) -> Template:
    return templates(MAIL)["mail-us-east-1"]


def associated(template: Template, name: str) -> list[str]:
    """Return what a tenant has, by the end of its ARN."""
    (found,) = template.find_resources(
        "AWS::SES::Tenant", {"Properties": {"TenantName": name}}
    ).values()
    pairs = found["Properties"]["ResourceAssociations"]
    return [pair["ResourceArn"].removeprefix(ARN) for pair in pairs]


def test_a_tenant_has_the_identities_and_sets_of_its_senders_in_its_region(
    templates: Templates, template: Template
) -> None:
    assert associated(template, "bulk") == [
        "identity/example.com",
        "identity/example.org",
        "identity/news@example.org",
        "configuration-set/news",
    ]
    assert associated(template, "notices") == ["identity/example.org", "configuration-set/system"]
    other = templates(MAIL)["mail-eu-west-1"]
    other.has_resource_properties("AWS::SES::Tenant", {"TenantName": "bulk"})
    other.resource_count_is("AWS::SES::Tenant", 1)


def test_it_is_made_after_what_it_has_and_deleted_before(template: Template) -> None:
    (tenant,) = template.find_resources(
        "AWS::SES::Tenant", {"Properties": {"TenantName": "notices"}}
    ).values()
    resources = template.to_json()["Resources"]
    assert {resources[name]["Type"] for name in tenant["DependsOn"]} == {
        "AWS::SES::EmailIdentity",
        "AWS::SES::ConfigurationSet",
    }


@pytest.mark.parametrize(("name", "pause"), [("bulk", "standard"), ("notices", "strict")])
def test_ses_pauses_it_at_the_findings_of_the_file(
    template: Template, name: str, pause: str
) -> None:
    policy = f"arn:aws:ses:us-east-1:aws:reputation-policy/{pause}"
    template.has_resource_properties(
        "AWS::SES::Tenant",
        {
            "TenantName": name,
            "ReputationEntity": {"Policy": {"ReputationEntityPolicy": policy}},
        },
    )


def test_whoever_hears_of_the_account_hears_of_a_pause(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.ses"],
                "detail-type": ["Sending Status Disabled", "Sending Status Enabled"],
                "resources": [{"prefix": f"{ARN}tenant/bulk/"}],
            }
        },
    )
    template.has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with([Match.object_like({"Sid": "EventsPublish"})])
            }
        },
    )


def test_a_sender_names_no_other_tenant_than_its_own(template: Template) -> None:
    conditions = {
        policy["Properties"]["PolicyDocument"]["Statement"][0]["Condition"]["StringLike"][
            "ses:FromAddress"
        ][0]: policy["Properties"]["PolicyDocument"]["Statement"][0]["Condition"].get(
            "StringEqualsIfExists"
        )
        for policy in template.find_resources("AWS::IAM::ManagedPolicy").values()
    }
    assert conditions == {
        "app@example.org": None,
        "notices@example.org": {"ses:TenantName": "notices"},
        "news@example.org": {"ses:TenantName": "bulk"},
        "offers@example.com": {"ses:TenantName": "bulk"},
    }
