"""The DNS records of the deployed example, from the command to a name server and back."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.end_to_end.conftest import Command
from tests.runbook.dns.nameserver import serving

DOMAIN = "open-contracting.org"

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]


def test_what_is_shown_as_a_zone_is_right_when_it_is_served(at: Command) -> None:
    shown = at(f"dns show {DOMAIN} --as zone")
    assert shown.status == 0, shown.errors
    zones = {DOMAIN: HEAD + shown.output, "amazonses.com": SES, "google.com": GOOGLE}
    with serving(zones) as server:
        run = at(f"dns check --server {server.at}")
        assert run.status == 0, run.output + run.errors
        assert f"{DOMAIN}: every record is right (" in run.output
        found = json.loads(at(f"dns check {DOMAIN} --server {server.at} --json").output)
    (report,) = found
    assert report["right"]
    assert len(report["records"]) == len(shown.output.splitlines()) - 1


HEAD = "$TTL 300\n@ IN SOA ns1 hostmaster 1 3600 600 86400 300\n@ IN NS ns1\nns1 IN A 127.0.0.1\n"
GOOGLE = '_spf TXT "v=spf1 ip4:198.51.100.0/24 ~all"\n'
SES = '@ TXT "v=spf1 ip4:192.0.2.0/24 -all"\n'


def test_an_empty_zone_misses_every_record_and_ends_with_one(at: Command) -> None:
    with serving({DOMAIN: ""}) as server:
        run = at(f"dns check {DOMAIN} --server {server.at}")
    assert run.status == 1
    assert "not every record is right (0 of" in run.output
    assert "missing    DKIM" in run.output
    assert "needed:   10 feedback-smtp.us-east-1.amazonses.com" in run.output


def test_a_server_that_fails_ends_with_three(at: Command) -> None:
    with serving({DOMAIN: ""}, faults={"*": "SERVFAIL"}) as server:
        run = at(f"dns check {DOMAIN} --server {server.at}")
    assert run.status == 3
    assert "answers SERVFAIL" in run.output


def test_names_come_as_the_host_takes_them_or_whole(at: Command) -> None:
    table = at(f"dns show {DOMAIN}").output
    assert f"GoDaddy appends {DOMAIN} to each name" in table
    assert "DMARC" in table
    host = at(f"dns show {DOMAIN} --as lines").output.splitlines()
    assert {line.split("\t")[1] for line in host} >= {"@", "_dmarc", "mail"}
    whole = at(f"dns show {DOMAIN} --as lines --names whole").output.splitlines()
    assert all(line.split("\t")[1].endswith(DOMAIN) for line in whole)
    rows = list(csv.DictReader(io.StringIO(at(f"dns show {DOMAIN} --as csv").output)))
    assert [row["type"] for row in rows] == [line.split("\t")[0] for line in host]
    items = json.loads(at(f"dns show {DOMAIN} --json").output)
    assert [item["whole_name"] for item in items] == [line.split("\t")[1] for line in whole]


def test_a_domain_that_the_file_does_not_have_is_explained(at: Command) -> None:
    run = at("dns show open-contracting.com")
    assert run.status == 1
    assert f"Did you mean {DOMAIN}?" in run.errors
