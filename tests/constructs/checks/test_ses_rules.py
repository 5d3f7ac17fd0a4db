from __future__ import annotations

import re
from pathlib import Path

import pytest
from aws_cdk import (
    App,
    CloudFormationValidatePlugin,
    Stack,
    ValidationRuleSource,
    Validations,
)
from aws_cdk.cloudformation_include import CfnInclude

from groundwork.checks import add_checks, read_findings
from groundwork.checks.findings import SES_RULES

TEMPLATES = sorted((Path(__file__).parent / "ses").glob("*.yaml"))
RULES = re.findall(r"^rule ([A-Z0-9_]+)", SES_RULES.read_text(), re.MULTILINE)
REPORTED = {"@aws-cdk/core:failSynthOnValidationErrors": False}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Judge all templates by our rules alone; the rules that each of them breaks."""
    app = App(context=REPORTED, outdir=str(tmp_path_factory.mktemp("rules")))
    rules = ValidationRuleSource(name="SES", content=SES_RULES.read_text())
    plugin = CloudFormationValidatePlugin(include_default_rules=False, guard_rules=[rules])
    Validations.of(app).add_plugins(plugin)
    for template in TEMPLATES:
        stack = Stack(app, re.sub(r"[._]", "-", template.stem))
        CfnInclude(stack, "template", template_file=str(template))
    found: dict[str, set[str]] = {}
    for finding in read_findings(Path(app.synth().directory)):
        found.setdefault(finding.path.partition("/")[0], set()).add(finding.rule)
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.stem)
def test_a_rule_finds_what_breaks_it_and_nothing_in_what_keeps_it(
    broken: dict[str, set[str]], template: Path
) -> None:
    rule, _, expected = template.stem.partition(".")
    breaks = rule in broken.get(re.sub(r"[._]", "-", template.stem), set())
    assert breaks is expected.startswith("fails")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_template_that_keeps_it_and_one_that_breaks_it(rule: str) -> None:
    ends = {
        path.stem.partition(".")[2].partition("_")[0] for path in TEMPLATES if rule in path.stem
    }
    assert ends == {"passes", "fails"}


def test_the_cdks_own_rules_are_checked_beside_ours(tmp_path: Path) -> None:
    app = App(context=REPORTED, outdir=str(tmp_path))
    add_checks(app)
    stack = Stack(app, "both")
    fails = Path(__file__).parent / "ses" / "SES_CONFIGURATION_SET_REQUIRES_TLS.fails.yaml"
    CfnInclude(stack, "template", template_file=str(fails))
    CfnInclude(stack, "database", template_file=str(Path(__file__).parent / "public.yaml"))
    app.synth()
    found = {finding.rule for finding in read_findings(tmp_path)}
    assert {"SES_CONFIGURATION_SET_REQUIRES_TLS", "W9011", "AwsSolutions-RDS2"} <= found
