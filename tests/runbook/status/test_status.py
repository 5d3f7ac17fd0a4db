"""Everything on one screen and one page: what asks for attention, and pictures that are right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from runbook.backup.bucket import Contents, Lifecycle
from runbook.backup.report import Report
from runbook.base.names import Kind
from runbook.credentials.keys import Entry
from runbook.senders.register import BOUNCES, COMPLAINTS
from runbook.status.command import present
from runbook.status.page import page
from runbook.status.pictures import HEIGHT, bars, days, line
from runbook.status.summary import Reputation, Summary, ending
from settings.models.risks import AcceptedRisk
from tests.runbook.senders.test_register import row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BAD = "<script>alert(1)</script>"


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
    sent = [(NOW - timedelta(days=n), 100.0 * n) for n in (2, 1)]
    fields: dict[str, Any] = {
        "senders": [row()],
        "buckets": [Report("dumps", "eu-west-2", held, Lifecycle(), [], [])],
        "databases": [],
        "reputations": [
            Reputation("us-east-1", 300, sent, {BOUNCES: [(NOW, 0.02)], COMPLAINTS: []})
        ],
        "risks": [],
    }
    return Summary(account="123456789012", at=NOW, **{**fields, **given})


def drawn(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own


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
        databases=[Entry("books", Kind.DATABASE, None, (), None)],
    )
    assert found.problems == [
        "app: more a day than declared",
        "dumps: it is not deployed",
        "books: not deployed",
    ]


def test_the_screen_says_when_nothing_does() -> None:
    console = Console(width=120)
    with console.capture() as capture:
        present(console, summary())
    assert "are as the file has them." in capture.get()
    assert "5 of 100" in capture.get()


def test_no_name_is_markup_in_the_page() -> None:
    bucket = Report(BAD, "x", Contents(1, 1, NOW, whole=True), None, [], [BAD])
    text = page(summary(senders=[row(name=BAD, contact=BAD)], buckets=[bucket]))
    assert BAD not in text
    assert text.count("&lt;script&gt;") >= 4


def test_the_page_needs_no_other_file_and_shows_every_picture() -> None:
    text = page(summary())
    for title in ("Mail in us-east-1", "Bounces in us-east-1", "Complaints in", "Storage by"):
        assert title in text
    assert text.count("<svg") == 3
    assert "Nothing was sent." in text
    for loaded in ("http:", "https:", "src=", "<script"):
        assert loaded not in text


def test_a_days_bar_is_as_high_as_its_part_of_the_largest() -> None:
    picture = drawn(days([(NOW, 50.0), (NOW, 100.0)], [150, 10_000]))
    heights = [float(bar.get("height", "0")) for bar in picture.iter("rect")]
    assert heights == pytest.approx([HEIGHT / 3, 2 * HEIGHT / 3], abs=0.01)
    assert len([*picture.iter("line")]) == 1, "a limit far above says nothing"


def test_a_rate_is_drawn_below_the_limits_at_which_aws_acts() -> None:
    picture = drawn(line([(NOW, 0.0), (NOW, 0.05)], (0.05, 0.10)))
    points = picture.find("polyline")
    assert points is not None
    assert points.get("points") == f"0,{HEIGHT} 560,{HEIGHT // 2}"
    assert [limit.get("y1") for limit in picture.iter("line")] == [str(HEIGHT // 2), "0"]


def test_an_empty_bucket_is_drawn_too() -> None:
    assert len([*drawn(bars([("a", 0), ("b", 0)], str)).iter("rect")]) == 2
