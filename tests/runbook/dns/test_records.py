"""Records are read from a stack's output, and written as DNS hosts take them."""

from __future__ import annotations

import csv
import io
import json

import dns.zone
import pytest

from runbook.dns.formats import as_csv, as_json, as_lines, as_zone
from runbook.dns.records import Purpose, Record, consents, read

VALUES = (
    ("CNAME", "abc._domainkey{}", "abc.dkim.amazonses.com"),
    ("MX", "mail{}", "feedback-smtp.us-east-1.amazonses.com", "10"),
    ("TXT", "mail{}", "v=spf1 include:amazonses.com ~all"),
    ("TXT", "{}", "v=spf1 include:_spf.example.net include:amazonses.com ~all"),
    ("TXT", "_dmarc{}", "v=DMARC1; p=none; rua=mailto:d@example.org,mailto:d@reports.example"),
    ("MX", "{}", "inbound-smtp.us-east-1.amazonaws.com", "10"),
)


def output(suffix: str, itself: str) -> str:
    """Write the output as the stack does for a host, which takes names with that suffix."""
    lines = []
    for kind, name, *values in VALUES:
        lines.append("\t".join((kind, name.format(suffix) if name != "{}" else itself, *values)))
    return "\n".join(lines)


OUTPUTS = {
    "whole names": output(".example.org", "example.org"),
    "the host appends the domain": output("", "@"),
}


@pytest.fixture
def records() -> tuple[Record, ...]:
    return read("example.org", OUTPUTS["whole names"])


@pytest.mark.parametrize("text", OUTPUTS.values(), ids=OUTPUTS)
def test_names_are_whole_whatever_the_host_appends(text: str) -> None:
    found = read("example.org", text)
    assert [(record.purpose, record.name) for record in found] == [
        (Purpose.DKIM, "abc._domainkey.example.org"),
        (Purpose.MAIL_FROM, "mail.example.org"),
        (Purpose.MAIL_FROM_SPF, "mail.example.org"),
        (Purpose.SPF, "example.org"),
        (Purpose.DMARC, "_dmarc.example.org"),
        (Purpose.RECEIVING, "example.org"),
    ]
    assert found[1].answer == "10 feedback-smtp.us-east-1.amazonses.com"


def test_a_host_that_keeps_a_parent_of_the_domain_appends_that() -> None:
    found = read("news.example.org", output(".news", "news"))
    assert found == read("news.example.org", output(".news.example.org", "news.example.org"))
    assert [record.name_in("example.org") for record in found[:4]] == [
        "abc._domainkey.news",
        "mail.news",
        "mail.news",
        "news",
    ]


def test_a_name_is_written_without_what_the_host_appends(records: tuple[Record, ...]) -> None:
    names = [line.split("\t")[1] for line in as_lines(records, "example.org").splitlines()]
    assert names == ["abc._domainkey", "mail", "mail", "@", "_dmarc", "@"]
    assert as_lines(records, None) == OUTPUTS["whole names"]
    assert as_lines(records, "example.org") == OUTPUTS["the host appends the domain"]


def test_targets_end_with_a_dot_for_a_host_that_would_append_the_domain_to_them(
    records: tuple[Record, ...],
) -> None:
    first, second, third, *_ = as_lines(records, "example.org", dots=True).splitlines()
    assert first == "CNAME\tabc._domainkey\tabc.dkim.amazonses.com."
    assert second == "MX\tmail\tfeedback-smtp.us-east-1.amazonses.com.\t10"
    assert third.endswith("~all")


def test_a_zone_file_says_the_same(records: tuple[Record, ...]) -> None:
    long = Record(Purpose.SPF, "TXT", "long.example.org", 'v=spf1 "\\ ' + "ip4:192.0.2.1 " * 30)
    text = as_zone((*records, long), "example.org")
    zone = dns.zone.from_text(text, "example.org", relativize=False, check_origin=False)
    found = {
        (name.to_text(omit_final_dot=True), "10 " if hasattr(item, "exchange") else "", str(item))
        for name, _, item in zone.iterate_rdatas()
    }
    assert len(found) == 7
    assert ("abc._domainkey.example.org", "", "abc.dkim.amazonses.com.") in found
    (value,) = zone.find_rdataset("long.example.org.", "TXT")
    assert b"".join(value.strings).decode() == long.value
    assert max(len(piece) for piece in value.strings) == 255


def test_csv_and_json_have_both_names(records: tuple[Record, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(records, "example.org"))))
    assert (rows[3]["name"], rows[3]["whole_name"], rows[3]["priority"]) == ("@", "example.org", "")
    assert rows[4]["value"] == records[4].value
    items = json.loads(as_json(records, "example.org"))
    assert items[1] == {
        "type": "MX",
        "name": "mail",
        "value": "feedback-smtp.us-east-1.amazonses.com",
        "priority": 10,
        "ttl": 1800,
        "whole_name": "mail.example.org",
        "purpose": "MAIL FROM",
        "owner": None,
    }


def test_reports_to_another_organization_need_its_consent(records: tuple[Record, ...]) -> None:
    (consent,) = consents("example.org", records)
    assert consent.name == "example.org._report._dmarc.reports.example"
    assert (consent.type, consent.value, consent.owner) == ("TXT", "v=DMARC1;", "reports.example")
    zone = as_zone((*records, consent), "example.org")
    assert "; for the owner of reports.example: example.org._report._dmarc.reports.example." in zone


@pytest.mark.parametrize(
    ("domain", "reports_to", "needed"),
    [
        ("news.example.org", "d@example.org", False),
        ("example.org", "d@reports.example.org", False),
        ("a.example.co.uk", "d@b.example.co.uk", False),
        ("a.co.uk", "d@b.co.uk", True),
        ("example.org", "d@example.com", True),
    ],
)
def test_domains_of_one_organization_need_no_consent(
    domain: str, reports_to: str, needed: bool
) -> None:
    value = f"v=DMARC1; p=none; rua=mailto:{reports_to}"
    record = Record(Purpose.DMARC, "TXT", f"_dmarc.{domain}", value)
    assert bool(list(consents(domain, [record]))) is needed
