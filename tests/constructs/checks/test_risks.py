"""Accepted risks: what is wrong with them is said, and what they do not cover fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from app import REPORT_BY_OURSELVES, synthesize
from groundwork.checks import Finding, accept, place, refusals
from settings import parse
from settings.models.risks import AcceptedRisk
from stacks import make_stacks
from tests.conftest import CONTEXT, EXAMPLE

TODAY = date(2026, 11, 22)
PATH = "data-us-east-1/databases/analysis/instance"


def risk(
    rule: str = "AwsSolutions-RDS10", on: str = "data/databases/analysis", until: date = TODAY
) -> AcceptedRisk:
    return AcceptedRisk(
        rule=rule, on=on, reason="A reason of twenty characters.", owner="platform", until=until
    )


def finding(
    rule: str = "AwsSolutions-RDS10",
    path: str = PATH,
    at: str | None = "data-us-east-1/databases/analysis",
) -> Finding:
    return Finding(rule, path, "It is weak.", at)


def told(risks: list[AcceptedRisk], found: list[Finding]) -> str:
    return "\n".join(message for _, message in refusals(risks, found, TODAY))


def test_a_risk_that_matches_one_finding_is_accepted_on_its_last_day() -> None:
    assert told([risk()], [finding()]) == ""


def test_a_risk_past_its_date_says_who_renews_it() -> None:
    message = told([risk(until=date(2026, 11, 21))], [finding()])
    assert "AwsSolutions-RDS10 on data/databases/analysis expired on 2026-11-21" in message
    assert "platform" in message


def test_a_risk_without_a_finding_is_stale() -> None:
    message = told([risk()], [])
    assert "AwsSolutions-RDS10 on data/databases/analysis matches no finding" in message


def test_a_misspelt_rule_is_told_what_is_found_at_its_place() -> None:
    message = told([risk(rule="AwsSolutions-RDS01")], [finding(at=None)])
    assert "matches no finding (found there: AwsSolutions-RDS10)" in message


def test_a_misspelt_place_is_told_where_its_rule_is_found() -> None:
    message = told([risk(on="data/databases/analisys")], [finding(at=None)])  # codespell:ignore
    assert "AwsSolutions-RDS10 is found on data/databases/analysis/instance" in message


def test_a_risk_that_covers_several_resources_has_to_name_one() -> None:
    found = [finding(), finding(path=f"{PATH}-2")]
    message = told([risk()], found)
    assert "matches several resources" in message
    assert "data/databases/analysis/instance, data/databases/analysis/instance-2" in message


def test_a_finding_that_nothing_covers_is_told_with_its_place() -> None:
    assert told([], [finding(at=None)]) == (
        "AwsSolutions-RDS10 on data/databases/analysis/instance: It is weak."
    )


def test_what_is_refused_is_located_in_the_file() -> None:
    found = refusals([risk(rule="AwsSolutions-RDS01")], [finding(at=None)], TODAY)
    assert [refusal.location for refusal in found] == [
        ("accepted_risks", 0),
        ("data", "databases", "analysis"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("data-us-east-1/networks/main/10.0.1.0/24/Resource", "data/networks/main/10.0.1.0/24"),
        ("mail-eu-west-2-tenders/senders/credere", "mail/senders/credere"),
    ],
)
def test_a_place_is_written_without_the_region(path: str, expected: str) -> None:
    assert place(path) == expected


def _wrong(text: str, directory: Path) -> str:
    app = App(context={**CONTEXT, **REPORT_BY_OURSELVES}, outdir=str(directory))
    return "\n".join(message for _, message in synthesize(app, parse(text), TODAY))


def test_every_fault_of_the_accepted_risks_is_told_by_one_synthesis(tmp_path: Path) -> None:
    text = """
account: "123456789012"
backup: {buckets: {risks-of-a-test: {}}}
data:
  networks: {main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}}
  security_groups:
    open: {description: Open to everybody, postgresql_from: [0.0.0.0/0]}
accepted_risks:
  - rule: AwsSolutions-EC23
    on: data/security_groups/open
    reason: It is open to everybody for this test.
    owner: platform
    until: 2026-01-01
  - rule: AwsSolutions-EC32
    on: data/security_groups/open
    reason: This rule's name is misspelt.
    owner: platform
    until: 2027-01-01
  - rule: AwsSolutions-S10
    on: backup/buckets/risks-of-a-test
    reason: There is nothing to accept here.
    owner: platform
    until: 2027-01-01
"""
    message = _wrong(text, tmp_path)
    assert "AwsSolutions-EC23 on data/security_groups/open expired on 2026-01-01" in message
    assert "AwsSolutions-EC32 on data/security_groups/open matches no finding" in message
    assert "AwsSolutions-S10 on backup/buckets/risks-of-a-test matches no finding" in message
    assert "W2508 on data/security_groups/open" in message  # open, and accepted by nobody


def test_a_renewed_risk_alone_changes_a_resource_so_that_it_can_be_reviewed(tmp_path: Path) -> None:
    """CloudFormation makes no change set of a change of the template's own metadata."""

    def resources(until: str) -> dict[str, Any]:
        app = App(
            context=CONTEXT,
            outdir=str(tmp_path / until),
            builtin_cloud_formation_validation=False,
        )
        make_stacks(app, parse(EXAMPLE))
        accept(app, [risk(until=date.fromisoformat(until))])
        (stack,) = (c for c in app.node.children if c.node.id == "data-us-east-1")
        assert isinstance(stack, Stack)
        found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
        return found

    before, after = resources("2026-11-22"), resources("2027-11-22")
    (changed,) = (name for name in before if before[name] != after[name])
    assert before[changed]["Metadata"]["GroundworkAcceptedRisks"][0]["until"] == "2026-11-22"
    assert {**before[changed], "Metadata": {}} == {**after[changed], "Metadata": {}}
