"""Records compared with what real name servers answer: right, missing, wrong, and why."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from runbook.dns.causes import explain, undelegated
from runbook.dns.check import Finding, Network, compare
from runbook.dns.judging import judge
from runbook.dns.records import Purpose, Record, consents
from runbook.dns.servers import NameServer, resolver_at
from runbook.dns.verdicts import Verdict
from tests.runbook.dns.nameserver import Nameserver, serving

QUICK = 0.3
DOMAIN = "example.org"
RECORDS = (
    Record(Purpose.DKIM, "CNAME", "abc._domainkey.example.org", "abc.dkim.amazonses.com"),
    Record(Purpose.MAIL_FROM, "MX", "mail.example.org", "feedback-smtp.test.amazonses.com", 10),
    Record(Purpose.MAIL_FROM_SPF, "TXT", "mail.example.org", "v=spf1 include:amazonses.com ~all"),
    Record(Purpose.SPF, "TXT", "example.org", "v=spf1 include:amazonses.com ~all"),
    Record(
        Purpose.DMARC, "TXT", "_dmarc.example.org", "v=DMARC1; p=none; rua=mailto:d@reports.example"
    ),
    Record(Purpose.RECEIVING, "MX", "example.org", "inbound-smtp.test.amazonaws.com", 10),
)
CONSENT = next(consents(DOMAIN, RECORDS))
RIGHT = """
abc._domainkey CNAME abc.dkim.amazonses.com.
mail MX 10 feedback-smtp.test.amazonses.com.
mail TXT "v=spf1 include:amazonses.com ~all"
@ TXT "v=spf1 include:amazonses.com ~all"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:d@reports.example"
@ MX 10 inbound-smtp.test.amazonaws.com.
"""
KEY = base64.b64encode(
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
OTHERS = {
    "amazonses.com": f"""
@ TXT "v=spf1 ip4:192.0.2.0/24 -all"
abc.dkim TXT "p={KEY[:200]}" "{KEY[200:]}"
revoked.dkim TXT "v=DKIM1; p="
broken.dkim TXT "p=AAAA"
""",
    "reports.example": '@ MX 10 ns1\nexample.org._report._dmarc TXT "v=DMARC1;"\n',
}


def zone(*, without: str = "", more: str = "") -> str:
    """Write the zone as it must be, without the lines that begin so, and with more."""
    kept = [line for line in RIGHT.splitlines() if not without or not line.startswith(without)]
    return "\n".join((*kept, *map(str.strip, more.strip().splitlines()))) + "\n"


def found(
    text: str,
    *,
    records: tuple[Record, ...] = (*RECORDS, CONSENT),
    others: dict[str, str] = OTHERS,
    faults: dict[str, str] | None = None,
) -> dict[Purpose, Finding]:
    """Ask one server that has the zone and everything behind it, as `--server` does."""
    with serving({DOMAIN: text, **others}, faults=faults) as server:
        network = Network(resolver_at(server.at, QUICK), alone=True)
        findings = explain(compare(records, network), network, DOMAIN)
    return {finding.record.purpose: finding for finding in findings}


def one(purpose: Purpose, text: str, **options: dict[str, str]) -> tuple[Verdict, str]:
    """Return the verdict of one record and everything that is said about it."""
    finding = found(text, **options)[purpose]  # type: ignore[arg-type]
    return finding.verdict, " ".join((*finding.judgement.found, *finding.judgement.remarks))


def test_a_zone_as_it_must_be_is_right_in_every_record() -> None:
    findings = found(zone())
    assert {finding.verdict for finding in findings.values()} == {Verdict.RIGHT}
    assert len(findings) == 7
    assert findings[Purpose.DKIM].judgement.remarks == ("The key behind it: RSA with 2048 bits.",)
    assert findings[Purpose.SPF].judgement.remarks == (
        "That takes 1 of the 10 look-ups that receivers make.",
    )
    assert findings[Purpose.DMARC].judgement.remarks == ()


def test_no_library_asks_the_resolver_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the machine's own resolver is asked")

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", refuse)
    monkeypatch.setattr(dns.resolver, "get_default_resolver", refuse)
    findings = found(zone())
    assert {finding.verdict for finding in findings.values()} == {Verdict.RIGHT}


def test_a_domain_that_is_not_delegated_is_said_to_be_none() -> None:
    with serving({"org": ""}) as server:
        network = Network(resolver_at(server.at, QUICK), port=server.port)
        assert undelegated(network, DOMAIN) == (
            "No name server has example.org: it is not registered, or not delegated.",
        )
    with served_by_two(zone(), zone()) as (network, *_):
        assert undelegated(network, DOMAIN) == ()


def test_an_empty_zone_misses_every_record() -> None:
    findings = found("", others={"amazonses.com": OTHERS["amazonses.com"]})
    assert {finding.verdict for finding in findings.values()} == {Verdict.MISSING}
    consent = findings[Purpose.REPORT_CONSENT].judgement.remarks
    assert "Ask the owner of reports.example" in consent[0]


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        ("revoked", "is revoked"),
        ("broken", "cannot be read"),
        ("absent", "no key behind it at present"),
    ],
)
def test_the_key_behind_a_dkim_record_is_read(behind: str, said: str) -> None:
    record = Record(Purpose.DKIM, "CNAME", RECORDS[0].name, f"{behind}.dkim.amazonses.com")
    text = f"abc._domainkey CNAME {behind}.dkim.amazonses.com.\n"
    (finding,) = found(text, records=(record,)).values()
    assert finding.verdict is Verdict.RIGHT
    assert said in finding.judgement.remarks[0]


def test_another_dkim_target_is_wrong_and_named() -> None:
    text = zone(without="abc", more="abc._domainkey CNAME old.dkim.amazonses.com.")
    assert one(Purpose.DKIM, text) == (Verdict.WRONG, "old.dkim.amazonses.com")


def test_a_domain_behind_the_target_is_said() -> None:
    text = zone(without="abc", more="abc._domainkey CNAME abc.dkim.amazonses.com.example.org.")
    verdict, said = one(Purpose.DKIM, text)
    assert verdict is Verdict.WRONG
    assert "put example.org behind the target: end it with a dot" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("abc._domainkey A 192.0.2.1", "“DNS only”"),
        ('abc._domainkey TXT "p=AAAA"', "it must be a CNAME"),
    ],
)
def test_what_hides_a_dkim_record_is_said(line: str, said: str) -> None:
    verdict, text = one(Purpose.DKIM, zone(without="abc", more=line))
    assert verdict is Verdict.MISSING
    assert said in text


def test_mail_from_takes_exactly_one_mail_server() -> None:
    verdict, said = one(Purpose.MAIL_FROM, zone(more="mail MX 20 other.example."))
    assert verdict is Verdict.WRONG
    assert "exactly one MX record. Delete all but 10 feedback-smtp" in said
    another = zone(without="mail MX", more="mail MX 10 other.example.")
    assert one(Purpose.MAIL_FROM, another) == (Verdict.WRONG, "10 other.example")


def test_the_priority_of_the_only_mail_server_does_not_matter() -> None:
    text = zone(without="mail MX", more="mail MX 5 feedback-smtp.test.amazonses.com.")
    assert one(Purpose.MAIL_FROM, text)[0] is Verdict.RIGHT


def test_another_server_before_the_receiving_one_takes_the_mail() -> None:
    verdict, said = one(Purpose.RECEIVING, zone(more="@ MX 5 mx.example.net."))
    assert verdict is Verdict.WRONG
    assert "Mail goes to mx.example.net" in said
    assert one(Purpose.RECEIVING, zone(more="@ MX 50 mx.example.net."))[0] is Verdict.RIGHT


def test_two_spf_records_are_wrong_with_the_one_that_merges_them() -> None:
    verdict, said = one(Purpose.SPF, zone(more='@ TXT "v=spf1 ip4:192.0.2.1 -all"'))
    assert verdict is Verdict.WRONG
    assert "There are 2 SPF records" in said
    assert "v=spf1 include:amazonses.com ip4:192.0.2.1 ~all" in said


def test_look_ups_are_counted_with_what_is_lacking() -> None:
    includes = " ".join(f'"include:i{at}.example.org "' for at in range(10))
    more = f'@ TXT "v=spf1 " {includes} "~all"\n' + "".join(
        f'i{at} TXT "v=spf1 -all"\n' for at in range(10)
    )
    verdict, said = one(Purpose.SPF, zone(without="@ TXT", more=more))
    assert verdict is Verdict.WRONG
    assert "It lacks include:amazonses.com." in said
    assert "11/10 maximum DNS lookups" in said


def test_an_include_that_nobody_answers_for_is_unknown_and_not_wrong() -> None:
    text = zone()
    verdict, said = one(Purpose.SPF, text, faults={"amazonses.com": "SERVFAIL"})
    assert verdict is Verdict.UNKNOWN
    assert "SERVFAIL" in said


def test_dmarc_that_cannot_be_read_is_wrong() -> None:
    needed = "v=DMARC1; p=none; rua=mailto:d@reports.example"
    text = zone(without="_dmarc", more=f'_dmarc TXT "{needed}; p=none"')
    verdict, said = one(Purpose.DMARC, text)
    assert verdict is Verdict.WRONG
    assert "Duplicate p tags" in said


def test_without_dmarc_the_record_above_is_named() -> None:
    above = '@ SOA ns1 host 1 2 3 4 5\n_dmarc TXT "v=DMARC1; p=none; sp=reject"\n'
    others = {**OTHERS, "org": above.replace("@ SOA", "@ IN SOA")}
    verdict, said = one(Purpose.DMARC, zone(without="_dmarc"), others=others)
    assert verdict is Verdict.MISSING
    assert "the record of org applies: reject" in said


@pytest.mark.parametrize(
    ("purpose", "line"),
    [
        (Purpose.DKIM, "abc._domainkey.example.org CNAME abc.dkim.amazonses.com."),
        (Purpose.MAIL_FROM, "mail.example.org MX 10 feedback-smtp.test.amazonses.com."),
        (Purpose.DMARC, '_dmarc.example.org TXT "v=DMARC1; p=none; rua=mailto:d@reports.example"'),
    ],
)
def test_a_name_that_got_the_domain_twice_is_found(purpose: Purpose, line: str) -> None:
    start = line.partition(".example.org")[0]
    kind = line.split()[1]
    text = zone(without=f"{start} {kind}", more=line)
    verdict, said = one(purpose, text)
    assert verdict is Verdict.MISSING
    assert f"{start}.example.org.example.org" in said
    assert f"Name it {start} there." in said


def test_reports_without_consent_are_said() -> None:
    others = {**OTHERS, "reports.example": "@ MX 10 ns1\n"}
    assert one(Purpose.REPORT_CONSENT, zone(), others=others)[0] is Verdict.MISSING
    wildcard = {**OTHERS, "reports.example": '*._report._dmarc TXT "v=DMARC1"\n@ MX 10 ns1\n'}
    assert one(Purpose.REPORT_CONSENT, zone(), others=wildcard)[0] is Verdict.RIGHT


@pytest.mark.parametrize(
    ("fault", "said"), [("SERVFAIL", "answers SERVFAIL"), ("silence", "does not answer within")]
)
def test_no_answer_is_unknown_and_not_missing(fault: str, said: str) -> None:
    verdict, text = one(Purpose.MAIL_FROM, zone(), faults={"mail.example.org": fault})
    assert verdict is Verdict.UNKNOWN
    assert said in text


@contextmanager
def served_by_two(
    first: str,
    second: str,
    resolver: str | None = None,
    second_faults: dict[str, str] | None = None,
    resolver_faults: dict[str, str] | None = None,
) -> Iterator[tuple[Network, Nameserver, Nameserver]]:
    """Serve a zone at two name servers, and what a resolver has of it at a third address."""
    head = """
        @ IN SOA ns1 hostmaster 1 3600 600 86400 300
        @ IN NS ns1
        @ IN NS ns2
        ns1 IN A 127.0.0.1
        ns2 IN A 127.0.0.2
        """
    head = "$TTL 300\n" + "\n".join(map(str.strip, head.splitlines())) + "\n"
    with ExitStack() as stack:
        one = stack.enter_context(serving({DOMAIN: head + first}, recursive=False))
        two = stack.enter_context(
            serving(
                {DOMAIN: head + second},
                faults=second_faults,
                recursive=False,
                address="127.0.0.2",
                port=one.port,
            )
        )
        kept = {DOMAIN: head + (first if resolver is None else resolver), **OTHERS}
        cached = stack.enter_context(
            serving(kept, faults=resolver_faults, address="127.0.0.3", port=one.port)
        )
        yield Network(resolver_at(cached.at, QUICK), port=one.port), one, two


def checked(network: Network, purpose: Purpose) -> Finding:
    records = [record for record in RECORDS if record.purpose is purpose]
    (finding,) = explain(compare(records, network), network, DOMAIN)
    return finding


def test_the_zones_own_name_servers_and_a_resolver_are_asked() -> None:
    with served_by_two(zone(), zone()) as (network, one, two):
        finding = checked(network, Purpose.SPF)
        assert finding.verdict is Verdict.RIGHT
        assert [label.split()[0] for label in finding.by_server] == [
            "ns1.example.org",
            "ns2.example.org",
            network.resolver.label,
        ]
        for server in (one, two):
            assert ("example.org", "TXT", "udp") in server.asked


def test_name_servers_that_do_not_agree_are_named_with_what_each_has() -> None:
    with served_by_two(zone(), zone(without="mail MX")) as (network, *_):
        finding = checked(network, Purpose.MAIL_FROM)
    assert finding.verdict is Verdict.DIFFERENT
    assert finding.judgement.remarks == (
        "ns1.example.org (127.0.0.1) has 10 feedback-smtp.test.amazonses.com.",
        "ns2.example.org (127.0.0.2) has nothing.",
    )


def test_what_the_resolver_has_not_heard_yet_is_told_apart_from_the_zone() -> None:
    with served_by_two(zone(), zone(), zone(without="mail MX")) as (network, *_):
        finding = checked(network, Purpose.MAIL_FROM)
    assert finding.verdict is Verdict.DIFFERENT
    assert "The zone's name servers have it" in finding.judgement.remarks[0]
    assert "has nothing until the time to live" in finding.judgement.remarks[0]


def test_what_only_the_resolver_still_has_is_missing() -> None:
    gone = zone(without="mail MX")
    with served_by_two(gone, gone, zone()) as (network, *_):
        assert checked(network, Purpose.MAIL_FROM).verdict is Verdict.MISSING


def test_one_silent_name_server_is_said_beside_what_the_other_has() -> None:
    with served_by_two(zone(), zone(), second_faults={"*": "silence"}) as (network, *_):
        finding = checked(network, Purpose.MAIL_FROM)
    assert finding.verdict is Verdict.RIGHT
    assert finding.judgement.remarks == (
        "ns2.example.org (127.0.0.2) does not answer within 0.3 s, asked twice.",
    )


def test_a_resolver_that_fails_where_the_zone_is_right_points_at_dnssec() -> None:
    faults = dict.fromkeys((DOMAIN, "mail.example.org"), "bogus")
    with served_by_two(zone(), zone(), resolver_faults=faults) as (network, *_):
        finding = checked(network, Purpose.MAIL_FROM)
    assert finding.verdict is Verdict.UNKNOWN
    assert "The zone's name servers have it" in finding.judgement.remarks[0]
    assert "answers SERVFAIL" in finding.judgement.remarks[0]
    assert "DNSSEC" in finding.judgement.remarks[0]


def test_an_alias_out_of_the_zone_is_followed() -> None:
    hosted = '@ MX 10 ns1\nexample TXT "v=DMARC1; p=none; rua=mailto:d@reports.example"\n'
    moved = zone(without="_dmarc", more="_dmarc CNAME example.hosted.example.")
    with (
        serving({DOMAIN: moved}, recursive=False) as own,
        serving({"hosted.example": hosted}) as others,
    ):
        network = Network(resolver_at(others.at, QUICK))
        server = NameServer("ns1", own.address, own.port)
        (record,) = (record for record in RECORDS if record.purpose is Purpose.DMARC)
        assert judge(record, network.ask(server, record)).verdict is Verdict.RIGHT
