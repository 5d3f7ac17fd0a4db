from __future__ import annotations

from collections.abc import Callable

from aws_cdk.assertions import Match, Template

Templates = Callable[[str], dict[str, Template]]


def test_a_domain_signs_with_2048_bits(templates: Templates) -> None:
    template = templates("mail: {domains: {example.org: {}}}\n")["mail-us-east-1"]
    template.has_resource_properties(
        "AWS::SES::EmailIdentity",
        {
            "EmailIdentity": "example.org",
            "DkimAttributes": {"SigningEnabled": True},
            "DkimSigningAttributes": {"NextSigningKeyLength": "RSA_2048_BIT"},
            "MailFromAttributes": Match.absent(),
        },
    )


def test_a_mail_from_domain_can_be_made_to_fail_closed(templates: Templates) -> None:
    text = "mail: {domains: {example.org: {mail_from: mail, mail_from_failure: reject}}}\n"
    templates(text)["mail-us-east-1"].has_resource_properties(
        "AWS::SES::EmailIdentity",
        {
            "MailFromAttributes": {
                "MailFromDomain": "mail.example.org",
                "BehaviorOnMxFailure": "REJECT_MESSAGE",
            }
        },
    )


def test_an_identitys_configuration_set_is_made_before_it(templates: Templates) -> None:
    template = templates("""
mail:
  addresses: {data@example.org: {configuration_set: credere}}
  configuration_sets: {credere: {}}
""")["mail-us-east-1"]
    (name,) = template.find_resources("AWS::SES::ConfigurationSet")
    template.has_resource_properties(
        "AWS::SES::EmailIdentity",
        {
            "EmailIdentity": "data@example.org",
            "ConfigurationSetAttributes": {"ConfigurationSetName": {"Ref": name}},
        },
    )
