"""The register of senders: declared beside sent, and what asks for attention."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook.base.names import Kind
from runbook.credentials.keys import Entry, Key
from runbook.senders import register
from runbook.senders.command import plain, write_csv
from runbook.senders.metrics import Metric, by_day
from runbook.senders.register import Row, rows
from settings import Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(**given: Any) -> Row:
    fields: dict[str, Any] = {
        "name": "app",
        "category": "system",
        "contact": "a@example.org",
        "cost_center": "1234",
        "approval": "OPS-1",
        "daily": 100,
        "monthly": 1000,
        "sent_day": 5,
        "sent_month": 50,
        "busiest_day": 9,
        "bounces": None,
        "complaints": None,
        "last_used": NOW,
        "key_days": 90,
    }
    return Row(**{**fields, **given})


@pytest.mark.parametrize(
    ("given", "notes"),
    [
        ({}, []),
        ({"busiest_day": 100, "sent_month": 1000}, []),
        ({"busiest_day": 101}, ["more a day than declared"]),
        ({"sent_month": 1001}, ["more a month than declared"]),
        ({"sent_month": 0}, ["unused"]),
        ({"sent_month": 0, "key_days": 29}, []),
        ({"key_days": None, "sent_month": 0}, ["not deployed"]),
        ({"key_days": None, "sent_month": 0, "lack": "no key yet"}, ["no key yet"]),
    ],
)
def test_what_asks_for_attention_is_named(given: dict[str, Any], notes: list[str]) -> None:
    assert row(**given).notes == notes


def test_no_cell_of_a_spreadsheet_is_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv([row(cost_center="=1+1", contact="+a@example.org"), row(name='with "quotes", too')])
    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert first["cost_center"] == "'=1+1"
    assert first["contact"] == "'+a@example.org"
    assert second["name"] == 'with "quotes", too'


def test_without_senders_there_is_a_header_alone(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv([])
    assert capsys.readouterr().out.strip() == "name"


def test_the_mail_of_a_day_and_a_month_is_counted_from_the_senders_own_metric(
    example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(
        region: str, wanted: Sequence[Metric], now: datetime
    ) -> Mapping[Metric, list[tuple[datetime, float]]]:
        assert region == "us-east-1"
        sent = [(now - timedelta(days=days), 10.0 * days) for days in (3, 2)]
        values = {
            "Send": [*sent, (now - timedelta(hours=24), 7.0)],
            register.BOUNCES: [(now, 0.04), (now, 0.06)],
            register.COMPLAINTS: [],
        }
        assert [(m.name, m.value) for m in wanted] == [
            ("Send", "credere"),
            (register.BOUNCES, "credere"),
            (register.COMPLAINTS, "credere"),
        ]
        return {metric: values[metric.name] for metric in wanted}

    key = Key("AKIA", NOW - timedelta(days=40), NOW)
    monkeypatch.setattr(register, "by_day", answer)
    monkeypatch.setattr(register, "entries", lambda *_: [Entry("credere", Kind.SENDER, 1, (), key)])
    (found,) = rows(example, NOW)
    assert (found.sent_day, found.sent_month, found.busiest_day) == (7, 57, 30)
    assert (found.bounces, found.complaints, found.key_days) == (0.06, None, 40)
    assert plain(found)["last_used"] == NOW.isoformat()


def test_cloudwatch_is_asked_for_500_metrics_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class CloudWatch:
        def get_paginator(self, name: str) -> CloudWatch:
            assert name == "get_metric_data"
            return self

        def paginate(self, **given: Any) -> Any:
            queries = given["MetricDataQueries"]
            asked.append(len(queries))
            last = {"Id": queries[-1]["Id"], "Timestamps": [NOW], "Values": [1.0]}
            return [{"MetricDataResults": [last]}]

    monkeypatch.setattr("boto3.client", lambda *_, **__: CloudWatch())
    wanted = [Metric("Send", dimension="d", value=str(number)) for number in range(501)]
    found = by_day("us-east-1", wanted, NOW)
    assert asked == [500, 1]
    assert [metric.value for metric, points in found.items() if points] == ["499", "500"]
