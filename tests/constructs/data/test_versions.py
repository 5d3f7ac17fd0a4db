from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from aws_cdk import CfnResource, Stack

from groundwork.checks import read_findings
from groundwork.data import versions
from tests.conftest import new_app

Version = tuple[int, ...]


def number(version: str) -> Version:
    return tuple(map(int, version.split(".")))


def known_to_cfn_lint(engine: str) -> list[str]:
    """The versions of an engine, oldest first."""
    folder = files("cfnlint") / "data/schemas/extensions/aws_rds_dbinstance"
    rules = json.loads((folder / "engine_version.json").read_text())["allOf"]
    (known,) = (
        rule["then"]["properties"]["EngineVersion"]["enum"]
        for rule in rules
        if rule["if"]["properties"]["Engine"].get("const") == engine
    )
    return sorted((version for version in known if version.replace(".", "").isdigit()), key=number)


def known_to_the_cdk(versions: list[str], tmp_path: Path) -> list[str]:
    """Those versions of Aurora that the CDK's validation does not refuse."""
    app = new_app(**{"@aws-cdk/core:validateAgainstDefaultRules": False})
    stack = Stack(app, "versions")
    for version in versions:
        CfnResource(
            stack,
            version.replace(".", "-"),
            type="AWS::RDS::DBCluster",
            properties={"Engine": "aurora-postgresql", "EngineVersion": version},
        )
    findings = read_findings(Path(app.synth().directory))
    refused = {finding.path.rpartition("/")[2] for finding in findings if finding.rule == "E9006"}
    return [version for version in versions if version.replace(".", "-") not in refused]


def test_latest_postgresql_is_the_newest_that_cfn_lint_knows() -> None:
    assert versions.LATEST["postgres"] == known_to_cfn_lint("postgres")[-1]


def test_latest_aurora_is_the_newest_that_cfn_lint_and_the_cdk_both_know(tmp_path: Path) -> None:
    newest = known_to_cfn_lint("aurora-postgresql")[-5:]
    assert versions.LATEST["aurora-postgresql"] == known_to_the_cdk(newest, tmp_path)[-1]


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("postgres", "17.6", "postgres17"), ("aurora-postgresql", "16.13", "aurora-postgresql16")],
)
def test_a_family_is_of_the_major_version(engine: str, version: str, family: str) -> None:
    assert versions.parameter_group_family(engine, version) == family


def test_a_version_that_is_named_is_taken() -> None:
    assert versions.resolve("postgres", "17.6") == "17.6"
