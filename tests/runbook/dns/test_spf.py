"""SPF: one record, which has what is needed, within ten look-ups."""

from __future__ import annotations

import pytest

from runbook.dns.servers import resolver_at
from runbook.dns.spf import count, judge, merged
from runbook.dns.verdicts import Verdict
from tests.runbook.dns.nameserver import serving

NEEDED = "v=spf1 include:_spf.example.net include:amazonses.com ~all"


@pytest.mark.parametrize(
    "live",
    [
        NEEDED,
        NEEDED.upper().replace("V=SPF1", "v=spf1"),
        "v=spf1 include:amazonses.com  +include:_spf.example.net ~all",
    ],
)
def test_the_same_terms_are_right_in_any_order_and_case(live: str) -> None:
    assert judge(("something else", live), NEEDED).verdict is Verdict.RIGHT
    assert not judge((live,), NEEDED).remarks


def test_without_a_record_it_is_missing() -> None:
    assert judge((), NEEDED).verdict is Verdict.MISSING
    assert judge(("v=spf10 -all", "google-site-verification=1"), NEEDED).verdict is Verdict.MISSING


@pytest.mark.parametrize("value", ['"v=spf1 include:amazonses.com ~all"', " v=spf1 ~all"])
def test_quotes_and_spaces_before_the_record_are_said(value: str) -> None:
    judged = judge((value,), NEEDED)
    assert (judged.verdict, judged.found) == (Verdict.WRONG, (value,))
    assert "no quotes" in judged.remarks[0]


def test_what_is_lacking_is_merged_into_the_record_that_is_there() -> None:
    judged = judge(("v=spf1 ip4:192.0.2.1 include:_spf.example.net -all",), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert judged.remarks == (
        "It lacks include:amazonses.com.",
        "Replace it by: v=spf1 ip4:192.0.2.1 include:_spf.example.net include:amazonses.com -all",
        'Add what it has already to the file: spf: {keep: ["ip4:192.0.2.1"]}',
    )


def test_what_stands_behind_all_is_lacking() -> None:
    judged = judge(("v=spf1 include:_spf.example.net -all include:amazonses.com",), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert "lacks include:amazonses.com" in judged.remarks[0]


def test_two_records_are_named_with_the_one_that_replaces_them() -> None:
    other = "v=spf1 include:amazonses.com -all"
    judged = judge(("v=spf1 mx ~all", other), NEEDED)
    assert (judged.verdict, judged.found) == (Verdict.WRONG, ("v=spf1 mx ~all", other))
    assert "There are 2 SPF records" in judged.remarks[0]
    assert judged.remarks[1].endswith(
        "v=spf1 mx include:amazonses.com include:_spf.example.net ~all"
    )


def test_more_than_the_file_knows_is_right_and_said() -> None:
    judged = judge((NEEDED.replace("~all", "mx -all"),), NEEDED)
    assert judged.verdict is Verdict.RIGHT
    assert judged.remarks == (
        'Add what it has already to the file: spf: {keep: ["mx"]}',
        "It ends with -all; the file says ~all.",
    )


@pytest.mark.parametrize("ending", ["all", "+all"])
def test_a_record_that_lets_everybody_send_is_wrong(ending: str) -> None:
    judged = judge((NEEDED.replace("~all", ending),), NEEDED)
    assert judged.verdict is Verdict.WRONG
    assert "lets everybody send" in judged.remarks[0]


def test_a_redirect_stays_last_and_a_second_one_becomes_an_include() -> None:
    redirected = "v=spf1 redirect=_spf.example.com"
    assert merged([redirected], NEEDED) == (
        "v=spf1 include:_spf.example.net include:amazonses.com redirect=_spf.example.com"
    )
    assert merged(["v=spf1 mx -all", redirected], "v=spf1 ~all") == (
        "v=spf1 mx include:_spf.example.com -all"
    )


def includes(number: int) -> str:
    """A zone whose record at `start` includes so many others, each of which needs nothing."""
    terms = " ".join(f'"include:i{at}.example.org "' for at in range(number))
    return f'start TXT "v=spf1 " {terms} "~all"\n' + "".join(
        f'i{at} TXT "v=spf1 ip4:192.0.2.{at} -all"\n' for at in range(number)
    )


def counted(zone: str, name: str = "start.example.org") -> tuple[Verdict, str]:
    with serving({"example.org": zone}) as server:
        resolver = resolver_at(server.at)
        (value,) = resolver.ask(name, "TXT").values
        judged = count(value, name, resolver.lookups)
        return judged.verdict, " ".join(judged.remarks)


def test_ten_look_ups_are_counted_and_eleven_are_too_many() -> None:
    assert counted(includes(10)) == (
        Verdict.RIGHT,
        "That takes 10 of the 10 look-ups that receivers make.",
    )
    verdict, remarks = counted(includes(11))
    assert verdict is Verdict.WRONG
    assert "11/10 maximum DNS lookups" in remarks


def test_look_ups_of_includes_count_as_well() -> None:
    nested = includes(8) + 'over TXT "v=spf1 include:start.example.org include:more ~all"\n'
    more = 'more TXT "v=spf1 mx a -all"\nmore MX 10 ns1\nmore A 192.0.2.1\n'
    zone = nested.replace("include:more ", "include:more.example.org ") + more
    verdict, remarks = counted(zone, "over.example.org")
    assert verdict is Verdict.WRONG
    assert "maximum DNS lookups" in remarks


def test_an_include_without_a_record_is_wrong() -> None:
    verdict, remarks = counted('start TXT "v=spf1 include:nothing.example.org ~all"\n')
    assert verdict is Verdict.WRONG
    assert "nothing.example.org has no SPF record" in remarks


def test_each_resolver_is_asked_for_itself() -> None:
    """The library remembers answers by name for the whole process."""
    assert "takes 2 of" in counted(includes(2))[1]
    assert "takes 3 of" in counted(includes(3))[1]
    text = 'start TXT "v=spf1 include:i0.example.org ~all"\n'
    assert counted(text + 'i0 TXT "v=spf1 -all"\n')[0] is Verdict.RIGHT
    assert counted(text)[0] is Verdict.WRONG
