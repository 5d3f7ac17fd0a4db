"""DMARC: one record, compared by what it means; found by walking up the tree."""

from __future__ import annotations

import pytest

from runbook.dns.answers import Answer
from runbook.dns.dmarc import judge, judge_consent, syntax
from runbook.dns.policy import WalkError, aligned, applying, organization, walk
from runbook.dns.servers import resolver_at
from runbook.dns.verdicts import Verdict
from tests.runbook.dns.nameserver import serving

NEEDED = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"


@pytest.mark.parametrize(
    "live",
    [
        NEEDED,
        "v=DMARC1;p=quarantine;rua=mailto:dmarc@example.org;",
        "v=DMARC1; p=quarantine; sp=quarantine; np=Quarantine; t=n; rua=mailto:DMARC@example.org",
    ],
)
def test_a_record_that_means_the_same_is_right(live: str) -> None:
    judged = judge(("unrelated", live), NEEDED)
    assert (judged.verdict, judged.remarks) == (Verdict.RIGHT, ())


@pytest.mark.parametrize(
    ("live", "said"),
    [
        ("p=none", "the policy (p) is none; it must be quarantine"),
        ("p=quarantine; sp=none", "subdomains (sp) is none; it must be quarantine"),
        ("p=quarantine; np=reject", "do not exist (np) is reject; it must be quarantine"),
        ("p=quarantine; t=y", "testing (t) is y; it must be n"),
    ],
)
def test_each_policy_that_differs_is_named(live: str, said: str) -> None:
    judged = judge((f"v=DMARC1; {live}; rua=mailto:dmarc@example.org",), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert said in judged.remarks[0]
    assert judged.remarks[-1] == f"Replace it by: {NEEDED}"


def test_subdomains_follow_the_policy_and_missing_ones_follow_subdomains() -> None:
    needed = "v=DMARC1; p=none; sp=reject"
    assert judge(("v=DMARC1; p=none; sp=reject; np=reject",), needed).verdict is Verdict.RIGHT
    assert judge(("v=DMARC1; p=none; np=reject",), needed).verdict is Verdict.WRONG


def test_reports_that_would_not_come_are_said() -> None:
    judged = judge(("v=DMARC1; p=quarantine; rua=mailto:else@example.org",), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert judged.remarks[0] == "It sends no reports to mailto:dmarc@example.org."


def test_what_the_file_does_not_have_is_said_of_a_right_record() -> None:
    live = f"{NEEDED},mailto:else@example.org; adkim=s; ruf=mailto:f@example.org"
    judged = judge((live,), NEEDED)
    assert judged.verdict is Verdict.RIGHT
    assert "mailto:else@example.org as well" in judged.remarks[0]
    assert "adkim=s, ruf=mailto:f@example.org" in judged.remarks[1]


def test_two_records_are_as_good_as_none() -> None:
    judged = judge((NEEDED, "v=DMARC1; p=none"), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert len(judged.found) == 2
    assert "receivers then apply none" in judged.remarks[0]


@pytest.mark.parametrize("value", [f'"{NEEDED}"', f" {NEEDED}"])
def test_quotes_and_spaces_before_the_record_are_said(value: str) -> None:
    assert judge((value,), NEEDED).verdict is Verdict.WRONG
    assert judge(("v=spf1 -all",), NEEDED).verdict is Verdict.MISSING


def test_consent_is_any_dmarc_record() -> None:
    assert judge_consent(("v=DMARC1;",)).verdict is Verdict.RIGHT
    assert judge_consent(("v=DMARC1",)).verdict is Verdict.RIGHT
    assert judge_consent(("v=spf1 -all",)).verdict is Verdict.MISSING


ZONES = {"example.org": "@ MX 10 ns1\n", "other.example": "@ MX 10 ns1\n"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("v=DMARC1; p=nope", "none,quarantine,reject"),
        ("v=DMARC1; p=none; p=reject", "Duplicate p tags"),
        ("v=DMARC1 p=none", "Expected"),
        ("v=DMARC1; p=none; rua=dmarc@example.org", "not a valid DMARC report URI"),
    ],
)
def test_a_record_that_cannot_be_read_is_wrong(value: str, said: str) -> None:
    with serving(ZONES) as server:
        judged = syntax(value, "example.org", resolver_at(server.at).lookups)
    assert judged.verdict is Verdict.WRONG
    assert said in judged.remarks[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("v=DMARC1; p=none", ()),
        ("v=DMARC1; p=none; np=reject; t=y; rua=mailto:d@other.example", ()),
        ("v=DMARC1; p=none; pct=50", ("Support for the pct tag was removed in RFC 9989.",)),
        (
            "v=DMARC1; p=none; rua=mailto:d@nowhere.example.org",
            (
                "Failed to retrieve MX records for the domain of rua email address "
                "d@nowhere.example.org - The domain nowhere.example.org does not exist.",
            ),
        ),
    ],
)
def test_what_is_removed_or_leads_nowhere_is_remarked(value: str, said: tuple[str, ...]) -> None:
    with serving(ZONES) as server:
        judged = syntax(value, "example.org", resolver_at(server.at).lookups)
    assert (judged.verdict, judged.remarks) == (Verdict.RIGHT, said)


class Tree:
    """Records by the domain that they are for, and the names that were asked."""

    def __init__(self, **records: str | None) -> None:
        self.records = {name.replace("_", "."): value for name, value in records.items()}
        self.asked: list[str] = []

    def __call__(self, name: str) -> Answer:
        domain = name.removeprefix("_dmarc.")
        self.asked.append(domain)
        if domain not in self.records:
            return Answer()
        value = self.records[domain]
        return Answer((f"v=DMARC1; {value}",)) if value else Answer(failure="answers SERVFAIL")


def test_the_domains_own_record_applies_before_its_organizations() -> None:
    tree = Tree(a_example_org="p=none", example_org="p=reject")
    found = walk("a.example.org", tree)
    record = applying("a.example.org", found)
    assert record
    assert (record.domain, organization("a.example.org", found)) == ("a.example.org", "example.org")
    above = applying("b.a.example.org", walk("b.a.example.org", tree))
    assert above
    assert above.domain == "example.org"


def test_a_domain_that_says_it_is_no_suffix_is_the_organization() -> None:
    tree = Tree(a_example_org="p=none; psd=n", example_org="p=reject")
    assert organization("b.a.example.org", walk("b.a.example.org", tree)) == "a.example.org"
    assert "example.org" not in tree.asked


def test_below_a_public_suffix_the_organization_is_one_label_longer() -> None:
    tree = Tree(gov="p=reject; psd=y")
    found = walk("a.b.example.gov", tree)
    assert organization("a.b.example.gov", found) == "example.gov"
    record = applying("a.b.example.gov", found)
    assert record
    assert record.domain == "gov"


def test_without_a_record_each_domain_stands_for_itself() -> None:
    found = walk("a.example.org", Tree())
    assert organization("a.example.org", found) == "a.example.org"
    assert applying("a.example.org", found) is None


def test_a_long_name_is_asked_eight_times_at_most() -> None:
    tree = Tree()
    walk("a.b.c.d.e.f.g.h.i.j.example.org", tree)
    assert len(tree.asked) == 8
    assert tree.asked[:2] == ["a.b.c.d.e.f.g.h.i.j.example.org", "f.g.h.i.j.example.org"]
    assert tree.asked[-1] == "org"


def test_a_walk_that_nobody_answers_is_no_missing_record() -> None:
    with pytest.raises(WalkError, match="SERVFAIL"):
        walk("a.example.org", Tree(example_org=None))


@pytest.mark.parametrize(
    ("identifier", "mode", "expected"),
    [
        ("example.org", "s", True),
        ("Mail.Example.org", "r", True),
        ("mail.example.org", "s", False),
        ("amazonses.com", "r", False),
        ("example.com", "r", False),
    ],
)
def test_alignment_is_strict_or_relaxed(identifier: str, mode: str, expected: bool) -> None:
    assert aligned(identifier, "example.org", mode, Tree(example_org="p=none")) is expected
