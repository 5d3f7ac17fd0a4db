"""Whether a region has the zones, versions and classes that databases ask for."""

from __future__ import annotations

import pytest
import yaml

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import Check, engines
from runbook.doctor.examine import examine
from tests.runbook.doctor.asking import REGION, asked, aurora, database, settings, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestZones:
    def test_a_zone_that_the_account_has_not_is_wrong(self) -> None:
        text = yaml.safe_load(database())
        text["data"]["networks"]["main"]["subnets"]["10.0.2.0/24"] = "d"
        declared = settings(yaml.safe_dump(text), "ca-central-1")
        (found,) = [row.answer for row in examine(declared, [Check.ZONES])]
        assert found.state is State.WRONG
        assert found.text == "network main: ca-central-1 has no zone d here"
        assert found.advice == "The account has: a, b, c"

    def test_zones_that_are_there_are_right(self) -> None:
        assert asked(database(), Check.ZONES) == [
            Answer("network main: its zones are there (a, b)")
        ]

    def test_a_zone_where_rds_proxy_takes_no_subnet_is_wrong(self) -> None:
        text = yaml.safe_load(aurora())
        network, books = text["data"]["networks"]["main"], text["data"]["databases"]["books"]
        network["subnets"] |= {"10.0.3.0/24": "a", "10.0.4.0/24": "c"}
        books["capacity"]["min"] = 0.5
        books["proxy_subnets"] = ["10.0.1.0/24", "10.0.2.0/24"]
        books["replicas"] = {"reports": {"consumers": {"partner": {"from": ["10.0.9.0/24"]}}}}

        def found(region: str) -> list[Answer]:
            rows = examine(settings(yaml.safe_dump(text), region), [Check.ZONES])
            return [row.answer for row in rows if row.answer.state is State.WRONG]

        (answer,) = found("us-west-1")
        assert answer.text == (
            "books: RDS Proxy takes no subnet in us-west-1b, which is usw1-az2 here"
        )
        assert "proxy_subnets of books" in answer.advice
        books["proxy_subnets"] = ["10.0.3.0/24", "10.0.4.0/24"]
        assert found("us-west-1") == []
        books["replicas"]["reports"]["subnets"] = ["10.0.1.0/24", "10.0.2.0/24"]
        assert len(found("us-west-1")) == 1


class TestEngines:
    def test_a_version_and_a_class_on_offer_are_right(self) -> None:
        (found,) = asked(database(), Check.ENGINES)
        assert found.state is State.RIGHT, found
        assert found.text.startswith("books: postgres 18.")
        assert found.text.endswith("on db.t4g.micro")

    def test_a_cluster_is_asked_for_as_serverless(self) -> None:
        (found,) = asked(aurora(), Check.ENGINES)
        assert found.state is State.RIGHT, found
        assert found.text.endswith("on db.serverless")

    def test_a_version_that_is_not_offered_is_wrong(self) -> None:
        found = wrong(database(version="17.3"), Check.ENGINES)
        assert found.text == f"books: {REGION} does not offer postgres 17.3"
        assert found.advice == "Of 17 it has: 17.5"

    def test_a_class_that_is_not_offered_is_wrong(self) -> None:
        found = wrong(database(instance="db.x9z.large"), Check.ENGINES)
        assert "db.x9z.large" in found.text
        assert "no zone" in found.text

    def test_a_class_that_only_other_zones_have_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "_zones", lambda *_: {"c"})
        assert "in zones c of" in wrong(database(), Check.ENGINES).text
