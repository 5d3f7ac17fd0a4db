"""Everything on one screen and one page: what asks for attention, and pictures that are right."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rich.console import Console

from runbook.backup.bucket import Contents, Lifecycle
from runbook.backup.report import Report
from runbook.base.names import Kind
from runbook.base.outputs import IMPORTED
from runbook.credentials.keys import Entry
from runbook.dns.records import Purpose, Record
from runbook.mail.status import command as mail
from runbook.mail.status.finding import Finding, attention
from runbook.senders.register import BOUNCES, COMPLAINTS
from runbook.status import screen
from runbook.status import summary as asked
from runbook.status.command import plain
from runbook.status.page import page
from runbook.status.pictures import HEIGHT, WIDTH, Span, bars, line, share
from runbook.status.screen import overview, present
from runbook.status.summary import Database, Reputation, Summary, ending, summarize
from settings import Settings, parse
from settings.models.risks import AcceptedRisk
from tests.conftest import ACCOUNT
from tests.runbook.changes.browser import DARK, look
from tests.runbook.senders.test_register import row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = Span(NOW, 14)
BAD = "<script>alert(1)</script>"
RECORD = Record(Purpose.DMARC, "TXT", "_dmarc.open-contracting.org", "v=DMARC1; p=none")
FINE = [("us-east-1", "Account", [Finding("sending", "enabled")])]
URGENT = [("us-east-1", "Account", [attention("sandbox", "in it", "Leave it.")])]


def risk(until: date) -> AcceptedRisk:
    return AcceptedRisk(
        rule="AwsSolutions-RDS10",
        on="data/databases/analysis",
        reason="It is rebuilt from public sources.",
        owner="platform",
        until=until,
    )


def summary(**given: Any) -> Summary:
    held = Contents(3, 2_000_000, NOW, whole=True)
    sent = [(NOW - n * DAY, 100.0 * n) for n in range(12, 0, -1)]
    rates = {BOUNCES: [(NOW - 3 * DAY, 0.02), (NOW - DAY, 0.06)], COMPLAINTS: []}
    fields: dict[str, Any] = {
        "mail": FINE,
        "records": {"open-contracting.org": [RECORD]},
        "senders": [row()],
        "buckets": [Report("dumps", "eu-west-2", held, Lifecycle(), [], [])],
        "databases": [database("books", "books.example:5432")],
        "reputations": [Reputation("us-east-1", 1000, sent, rates)],
        "risks": [],
    }
    return Summary(account="123456789012", at=NOW, **{**fields, **given})


def database(name: str, address: str | None) -> Database:
    return Database(Entry(name, Kind.DATABASE, None, (), None), address)


def drawn(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own


def shown(settings: Settings, found: Summary, **console: Any) -> str:
    made = Console(**{"width": 200, **console})
    with made.capture() as capture:
        present(made, settings, found)
    return capture.get()


def test_the_risks_that_ended_or_end_soon_are_shown_the_first_first() -> None:
    risks = [risk(date(2027, 6, 30)), risk(date(2026, 12, 1)), risk(date(2026, 11, 21))]
    assert [left for _, left in ending(risks, NOW)] == [-1, 9]
    assert summary(risks=ending(risks, NOW)).problems == [
        "AwsSolutions-RDS10 on data/databases/analysis: expired"
    ]


def test_whatever_asks_for_attention_stands_in_one_list() -> None:
    found = summary(
        senders=[row(busiest_day=101)],
        buckets=[Report("dumps", "eu-west-2", None, None, [], ["it is not deployed"])],
        databases=[database("books", None), replace(database("shop", None), lack=IMPORTED)],
        unseen=["mail, with these credentials: no"],
    )
    assert found.attention
    assert found.problems == [
        "app: more a day than declared",
        "dumps: it is not deployed",
        "books: not deployed",
        f"shop: {IMPORTED}",
        "Not seen: mail, with these credentials: no",
    ]


def test_mail_alone_can_ask_for_attention() -> None:
    assert summary(mail=URGENT).attention
    assert not summary().attention


def test_the_screen_has_every_part_and_what_comes_next(example: Settings) -> None:
    text = shown(example, summary())
    for part in (
        "Account 123456789012, 2026-11-22 12:00 UTC",
        "enabled",
        "5 of 100",
        "dumps",
        "books.example:5432",
        "_dmarc ",
        "Nothing needs attention.",
        "groundwork dns check open-contracting.org",
        "groundwork mail test app",
        "groundwork database connect books",
    ):
        assert part in text
    assert "sandbox: in it" in shown(example, summary(mail=URGENT))


def test_a_narrow_terminal_breaks_no_value(example: Settings) -> None:
    text = shown(example, summary(), width=40, force_terminal=True, color_system=None)
    assert "  Contact      a@example.org" in text
    assert "  Value     v=DMARC1; p=none" in text


def test_what_the_caller_may_not_read_is_named_and_the_rest_is_shown(
    example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "Get")

    for name in ("rows", "reports", "_databases", "_reputations", "_records"):
        monkeypatch.setattr(asked, name, denied)
    monkeypatch.setattr(mail, "sections", lambda *_: FINE)
    found = summarize(example, NOW)
    assert found.mail == FINE
    assert [each.partition(",")[0] for each in found.unseen] == [
        "DNS records",
        "senders",
        "backups",
        "databases",
        "reputation",
    ]
    assert "Not seen: senders, with these credentials: not yours" in found.problems


def test_a_file_without_mail_has_a_status_as_well() -> None:
    network = "{cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}"
    settings = parse(f"{ACCOUNT}data: {{networks: {{main: {network}}}}}")
    found = summarize(settings, NOW)
    assert not found.mail
    assert not found.problems


def test_an_overview_that_cannot_be_had_is_no_failure_of_what_was_executed(
    example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com")

    monkeypatch.setattr(screen, "summarize", gone)
    console = Console(width=200)
    with console.capture() as capture:
        overview(console, example, NOW, [("first", "before all")])
    assert "What was built cannot be shown: AWS cannot be reached" in capture.get()
    assert capture.get().index("first") < capture.get().index("groundwork status")


def test_a_program_gets_all_of_it() -> None:
    found = json.loads(json.dumps(plain(summary(mail=URGENT, risks=[(risk(NOW.date()), 0)]))))
    assert found["attention"] is True
    assert found["mail"][0]["remedy"] == "Leave it."
    books = {"database": "books", "address": "books.example:5432", "last_drill": None}
    assert found["databases"] == [books]
    assert found["dns_records"]["open-contracting.org"][0]["value"] == "v=DMARC1; p=none"
    assert found["days"]["us-east-1"]["Send"][0] == ["2026-11-10T12:00:00+00:00", 1200.0]
    assert found["accepted_risks"][0]["days_left"] == 0
    assert (found["senders"][0]["name"], found["buckets"][0]["bytes"]) == ("app", 2_000_000)


def test_no_name_is_markup_in_the_page() -> None:
    bucket = Report(BAD, "x", Contents(1, 1, NOW, whole=True), None, [], [BAD])
    text = page(summary(senders=[row(name=BAD, contact=BAD)], buckets=[bucket], mail=URGENT))
    assert BAD not in text
    assert text.count("&lt;script&gt;") >= 4


def test_the_page_needs_no_other_file_and_shows_every_picture() -> None:
    text = page(summary())
    for title in (
        "Mail sent in us-east-1",
        "Bounce rate in us-east-1",
        "Complaint rate",
        "Storage by",
    ):
        assert title in text
    assert text.count("<svg") == 3
    assert "6.00% most recently. AWS reviews an account from 5.0%" in text
    assert "No mail that AWS could judge by." in text
    for loaded in ("http:", "https:", "src=", "<script"):
        assert loaded not in text


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("flags", [(), (DARK,)], ids=["light", "dark"])
def test_the_page_is_read_on_every_screen(
    tmp_path: Path, width: int, flags: tuple[str, ...]
) -> None:
    found = summary(
        senders=[row(name="a-sender-with-quite-a-long-name", busiest_day=101)],
        risks=[(risk(date(2026, 12, 1)), 9)],
        mail=URGENT,
    )
    seen = look(page(found), tmp_path, width, *flags)
    assert (seen.console, seen.outside, seen.pale) == ([], [], [])
    assert seen.content <= width == seen.width


def test_a_days_bar_stands_at_its_day_and_is_as_high_as_its_part_of_the_largest() -> None:
    picture = drawn(bars([(NOW - 14 * DAY, 50.0), (NOW - DAY, 100.0)], SPAN, 150))
    found = [(bar.get("x"), bar.get("height")) for bar in picture.iter("rect")]
    assert found == [("2", "46.67"), ("522", "93.33")]
    assert len([*picture.iter("line")]) == 1
    far = drawn(bars([(NOW - DAY, 100.0)], SPAN, 10_000))
    assert not [*far.iter("line")], "a limit far above says nothing"


def test_a_rate_is_drawn_at_its_time_below_the_limits_at_which_aws_acts() -> None:
    points = [(NOW - 14 * DAY, 0.0), (NOW - 7 * DAY, 0.05)]
    picture = drawn(line(points, SPAN, (0.05, 0.10)))
    path, dots = picture.iter("path")
    assert path.get("d") == f"M0,{HEIGHT}L{WIDTH // 2},{HEIGHT // 2}"
    assert dots.get("d") == f"M0,{HEIGHT}h0M{WIDTH // 2},{HEIGHT // 2}h0"
    assert [limit.get("y1") for limit in picture.iter("line")] == [str(HEIGHT // 2), "0"]


def test_a_share_is_as_wide_as_its_part() -> None:
    (bar,) = drawn(share(0.25)).iter("rect")
    assert bar.get("width") == str(WIDTH // 4)
