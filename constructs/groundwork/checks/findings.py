"""Findings of the checks, read from the report that the CDK leaves in the cloud assembly.

cdk-nag and the CDK's CloudFormation validation both write there, acknowledged findings included,
as long as an acknowledgment carries the name of its plugin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

from aws_cdk import (
    Acknowledgment,
    App,
    CloudFormationValidatePlugin,
    ValidationRuleSource,
    Validations,
)
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

SES_RULES = Path(__file__).parent / "ses.guard"


class Finding(NamedTuple):
    """One rule's finding on one resource."""

    rule: str
    """The rule's own name, as in `AwsSolutions-RDS10`."""
    path: str
    """The path of the resource's construct, its stack first."""
    description: str
    acknowledged_at: str | None
    """The path of the construct on which it was acknowledged."""


class _Construct(TypedDict):
    constructPath: str


class _Violation(TypedDict):
    ruleName: str
    description: str
    violatingConstructs: list[_Construct]
    acknowledgedAt: NotRequired[str]


class _PluginReport(TypedDict):
    violations: list[_Violation]
    suppressedViolations: NotRequired[list[_Violation]]


def add_checks(app: App) -> None:
    """Run AWS's solutions rules at every synthesis, and the CDK's own validation with our rules."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), _validation())


@cache
def _validation() -> CloudFormationValidatePlugin:
    """Return the validation, which compiles its rules for three seconds: once in a process.

    It takes the place of the CDK's own, and so needs its rules as well.
    """
    return CloudFormationValidatePlugin(
        include_default_rules=True,
        guard_rules=[ValidationRuleSource(name="SES", content=SES_RULES.read_text("utf-8"))],
    )


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Take one rule's finding on one resource out of the checks, for a reason that is kept.

    For what is true of a construct in every configuration. What a configuration weakens is an
    accepted risk of its file instead, with an owner and an end.
    """
    Validations.of(construct).acknowledge(Acknowledgment(id=qualified(rule), reason=reason))


def qualified(rule: str) -> str:
    """Put the plugin's name before a rule's.

    Without it cdk-nag drops the finding before the report is written, and an acknowledgment that
    matches nothing could not be told from one that does.
    """
    plugin = "AwsSolutions" if rule.startswith("AwsSolutions-") else "CloudFormation-Validate"
    return f"{plugin}::{rule}"


def read_findings(assembly: Path) -> list[Finding]:
    """Read every finding of a synthesis."""
    file = assembly / "validation-report.json"
    if not file.exists():
        return []
    report = json.loads(file.read_text(encoding="utf-8"))
    return [finding for plugin in report["pluginReports"] for finding in _of_plugin(plugin)]


def _of_plugin(plugin: _PluginReport) -> Iterator[Finding]:
    for violation in (*plugin["violations"], *plugin.get("suppressedViolations", ())):
        for construct in violation["violatingConstructs"]:
            yield Finding(
                violation["ruleName"],
                construct["constructPath"],
                violation["description"],
                violation.get("acknowledgedAt"),
            )
