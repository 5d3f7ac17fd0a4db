from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk.assertions import Template

from groundwork.mail.records import Record, dmarc_value, records_text, spf_value
from settings.contract import Output, output_key
from settings.models.records import Dmarc, Spf

RECORDS = output_key(Output.DNS_RECORDS, "example.org")


@pytest.mark.parametrize(
    ("keep", "value"),
    [
        ((), "v=spf1 include:amazonses.com ~all"),
        (
            ("include:_spf.google.com", "ip4:192.0.2.0/24"),
            "v=spf1 include:_spf.google.com ip4:192.0.2.0/24 include:amazonses.com ~all",
        ),
        (("include:amazonses.com", "mx"), "v=spf1 mx include:amazonses.com ~all"),
        (
            ("redirect=_spf.example.com", "mx"),
            "v=spf1 mx include:amazonses.com redirect=_spf.example.com",
        ),
    ],
)
def test_ses_joins_the_spf_terms_that_are_there(keep: tuple[str, ...], value: str) -> None:
    assert spf_value(Spf(keep=keep)) == value


def test_a_dmarc_record_says_where_reports_go() -> None:
    assert dmarc_value(Dmarc()) == "v=DMARC1; p=none;"
    assert (
        dmarc_value(Dmarc(policy="reject", reports_to=("a@example.org", "b@example.org")))
        == "v=DMARC1; p=reject; rua=mailto:a@example.org,mailto:b@example.org"
    )


def test_a_dmarc_record_says_each_policy_that_is_declared() -> None:
    stages = Dmarc(subdomains="quarantine", missing_subdomains="reject", testing=True)
    assert dmarc_value(stages) == "v=DMARC1; p=none; sp=quarantine; np=reject; t=y;"


def test_an_address_of_reports_is_written_as_a_uri() -> None:
    value = dmarc_value(Dmarc(reports_to=("a+b!c#d@example.org",)))
    assert value == "v=DMARC1; p=none; rua=mailto:a+b%21c%23d@example.org"


def test_records_are_one_a_line_and_lose_the_domain_that_the_host_appends() -> None:
    records = [
        Record("spf", "TXT", "news.example.org", "v=spf1 ~all"),
        Record("mail-from", "MX", "mail.news.example.org", "mx.example.com", 10),
    ]
    assert records_text(records, without="news.example.org").splitlines() == [
        "TXT\t@\tv=spf1 ~all",
        "MX\tmail\tmx.example.com\t10",
    ]
    assert records_text(records, without="example.org").splitlines()[0] == "TXT\tnews\tv=spf1 ~all"
    assert records_text(records, without=None).splitlines()[1] == (
        "MX\tmail.news.example.org\tmx.example.com\t10"
    )


def record_sets(template: Template) -> dict[tuple[str, str], list[str]]:
    found = template.find_resources("AWS::Route53::RecordSet").values()
    return {
        (properties["Type"], str(properties["Name"])): properties["ResourceRecords"]
        for properties in (resource["Properties"] for resource in found)
    }


def test_a_hosted_zone_gets_the_records_and_the_output_has_their_whole_names(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    template = templates("""
mail:
  domains:
    example.org:
      mail_from: mail
      receives_mail: true
      dns: {route53_zone: Z0123456789ABC, beside_spf: ["site-verification=1a2b"]}
""")["mail-us-east-1"]
    found = record_sets(template)
    assert len(found) == 8
    assert found["MX", "example.org"] == ["10 inbound-smtp.us-east-1.amazonaws.com"]
    assert found["MX", "mail.example.org"] == ["10 feedback-smtp.us-east-1.amazonses.com"]
    assert found["TXT", "example.org"] == [
        '"v=spf1 include:amazonses.com ~all"',
        '"site-verification=1a2b"',
    ]
    shown = template.find_outputs(RECORDS)[RECORDS]
    assert shown["Description"].startswith("The records in Route 53 of example.org")
    assert "MX\texample.org\tinbound-smtp" in str(shown["Value"]).replace("\\t", "\t")


def test_a_long_record_is_cut_into_the_strings_that_dns_allows(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    template = templates(f"""
mail:
  domains:
    example.org:
      spf: {{keep: [{", ".join(f"ip4:192.0.2.{number}" for number in range(30))}]}}
      dns: {{route53_zone: Z0123456789ABC}}
""")["mail-us-east-1"]
    (value,) = record_sets(template)["TXT", "example.org"]
    pieces = value.strip('"').split('" "')
    assert [len(piece) for piece in pieces[:-1]] == [255]
    assert "".join(pieces).endswith("ip4:192.0.2.29 include:amazonses.com ~all")


TWO_REGIONS = """
mail:
  domains:
    example.org: {mail_from: mail, regions: [eu-west-1, us-east-1], receives_mail: true}
"""


def test_every_region_has_its_own_mail_from_and_the_first_has_what_a_domain_has_once(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    found = templates(TWO_REGIONS)
    texts = {
        stack: str(template.to_json()["Outputs"][RECORDS]["Value"])
        for stack, template in found.items()
    }
    first, second = texts["mail-eu-west-1"], texts["mail-us-east-1"]
    assert "MX\\tmail.example.org\\tfeedback-smtp.eu-west-1.amazonses.com\\t10" in first
    assert "inbound-smtp.eu-west-1" in first
    assert "_dmarc" in first
    assert "MX\\tmail-us-east-1.example.org\\tfeedback-smtp.us-east-1" in second
    assert "_dmarc" not in second
    assert "inbound-smtp" not in second
    found["mail-us-east-1"].resource_count_is("AWS::SES::ReceiptRuleSet", 0)
