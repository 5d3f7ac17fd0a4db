from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from aws_cdk import CfnResource, Stack

from groundwork.checks import read_findings
from settings.values import versions
from tests.conftest import new_app


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def newest(known: list[str]) -> tuple[str, ...]:
    """The newest of each major version that is supported, the newest major version first."""
    of_major = {versions.major(version): version for version in sorted(known, key=number)}
    return tuple(reversed([v for v in of_major.values() if number(v) >= (14,)]))


def known_to_cfn_lint(engine: str) -> list[str]:
    folder = files("cfnlint") / "data/schemas/extensions/aws_rds_dbinstance"
    rules = json.loads((folder / "engine_version.json").read_text())["allOf"]
    (known,) = (
        rule["then"]["properties"]["EngineVersion"]["enum"]
        for rule in rules
        if rule["if"]["properties"]["Engine"].get("const") == engine
    )
    return [version for version in known if version.replace(".", "").isdigit() and "." in version]


def known_to_the_cdk(asked: list[str], tmp_path: Path) -> list[str]:
    """Those versions of Aurora that the CDK's validation does not refuse."""
    app = new_app()
    stack = Stack(app, "versions")
    for version in asked:
        CfnResource(
            stack,
            version.replace(".", "-"),
            type="AWS::RDS::DBCluster",
            properties={"Engine": "aurora-postgresql", "EngineVersion": version},
        )
    findings = read_findings(Path(app.synth().directory))
    refused = {finding.path.rpartition("/")[2] for finding in findings if finding.rule == "E9006"}
    assert refused != {version.replace(".", "-") for version in asked}
    return [version for version in asked if version.replace(".", "-") not in refused]


def test_postgresqls_newest_are_those_that_cfn_lint_knows() -> None:
    assert versions.NEWEST["postgresql"] == newest(known_to_cfn_lint("postgres"))


def test_auroras_newest_are_those_that_cfn_lint_and_the_cdk_both_know(tmp_path: Path) -> None:
    known = [v for v in known_to_cfn_lint("aurora-postgresql") if number(v) >= (14, 17)]
    assert versions.NEWEST["aurora-postgresql"] == newest(known_to_the_cdk(known, tmp_path))


@pytest.mark.parametrize(
    ("version", "resolved"), [("latest", "18.6"), ("17", "17.11"), ("17.6", "17.6")]
)
def test_a_version_is_the_newest_that_its_name_allows(version: str, resolved: str) -> None:
    assert versions.resolve("postgresql", version) == resolved


@pytest.mark.parametrize(
    ("version", "pauses"),
    [("12.22", False), ("13.14", False), ("13.15", True), ("16.2", False), ("17.1", True)],
)
def test_only_some_versions_pause(version: str, pauses: bool) -> None:
    assert versions.has(version, versions.PAUSES_FROM) is pauses
