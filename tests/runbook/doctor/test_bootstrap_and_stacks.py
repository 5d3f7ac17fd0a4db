"""Whether the account is prepared for the CDK, and whose the stacks of these names are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from runbook.base import project
from runbook.base.assembly import Assembly
from runbook.doctor.answer import Answer
from runbook.doctor.checks import Check, bootstrap
from runbook.local import deploy
from tests.conftest import templates_of
from tests.runbook.doctor.asking import REGION, asked, client, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestBootstrap:
    @pytest.fixture(autouse=True)
    def _without(self) -> Iterator[None]:
        yield
        ssm = client("ssm")
        for found in ssm.describe_parameters()["Parameters"]:
            ssm.delete_parameter(Name=found["Name"])

    def put(self, version: str, qualifier: str = "hnb659fds") -> None:
        ssm = client("ssm")
        ssm.put_parameter(Name=bootstrap.parameter(qualifier), Value=version, Type="String")

    def test_a_region_without_it_is_bootstrapped_first(self) -> None:
        found = wrong("", Check.BOOTSTRAP)
        assert found.text == "the CDK's bootstrap is not there"
        assert found.advice == f"cdk bootstrap aws://123456789012/{REGION}"

    def test_an_old_one_is_bootstrapped_again(self) -> None:
        self.put("5")
        assert wrong("", Check.BOOTSTRAP).text == "version 5 is too old: 6 is needed"

    def test_a_new_one_is_right(self) -> None:
        self.put("30")
        assert asked("", Check.BOOTSTRAP) == [Answer("version 30; 6 is needed")]

    def test_the_one_of_another_qualifier_is_asked_for_and_made_beside_the_usual_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(project, "qualifier", lambda: "acme")
        self.put("30")
        options = "--qualifier acme --toolkit-stack-name CDKToolkit-acme"
        place = f"aws://123456789012/{REGION}"
        assert wrong("", Check.BOOTSTRAP).advice == f"cdk bootstrap {place} {options}"
        self.put("30", "acme")
        assert asked("", Check.BOOTSTRAP) == [Answer("version 30; 6 is needed")]

    def test_the_embedded_account_gets_the_same_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typed: list[str] = []
        monkeypatch.setattr(project, "qualifier", lambda: "acme")
        monkeypatch.setattr(project, "cdk", lambda *words: typed.extend(words))
        assembly = SimpleNamespace(account="123456789012", regions=[REGION])
        deploy._bootstrap(Console(quiet=True), cast("Assembly", assembly))
        assert typed == ["bootstrap", f"aws://123456789012/{REGION}", "--qualifier", "acme"]

    def test_what_is_needed_is_what_a_template_asks_for(self) -> None:
        text = f'account: "123456789012"\nregion: {REGION}\nbackup: {{buckets: {{a-bucket: {{}}}}}}'
        template = templates_of(text)[f"backup-{REGION}"].to_json()
        (rule,) = template["Rules"]["CheckBootstrapVersion"]["Assertions"]
        refused = rule["Assert"]["Fn::Not"][0]["Fn::Contains"][0]
        assert max(map(int, refused)) == bootstrap.NEEDED - 1


class TestStacks:
    FILE = "backup: {buckets: {a-bucket: {}}}"
    STACK = f"backup-{REGION}"

    @pytest.fixture
    def deployed(self) -> Iterator[Callable[[str], None]]:
        cloudformation = client("cloudformation")

        def make(description: str) -> None:
            queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
            body = json.dumps({"Description": description, "Resources": queue})
            cloudformation.create_stack(StackName=self.STACK, TemplateBody=body)
            cloudformation.get_waiter("stack_create_complete").wait(
                StackName=self.STACK, WaiterConfig={"Delay": 1}
            )

        yield make
        cloudformation.delete_stack(StackName=self.STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=self.STACK, WaiterConfig={"Delay": 1}
        )

    def test_one_that_is_not_there_is_right(self) -> None:
        assert asked(self.FILE, Check.STACKS) == [Answer(f"{self.STACK} is not deployed yet")]

    def test_ours_is_right(self, deployed: Callable[[str], None]) -> None:
        deployed("Groundwork: backup")
        assert asked(self.FILE, Check.STACKS) == [Answer(f"{self.STACK}: create complete")]

    def test_somebody_elses_is_wrong(self, deployed: Callable[[str], None]) -> None:
        deployed("Payroll")
        found = wrong(self.FILE, Check.STACKS)
        assert found.text == f"{self.STACK} is there and is not Groundwork's"
        assert "environment" in found.advice

    def test_one_that_can_be_deleted_is_not_guarded(self, deployed: Callable[[str], None]) -> None:
        deployed("Groundwork: backup")
        cloudformation, named = client("cloudformation"), {"StackName": self.STACK}
        lacking = wrong(self.FILE, Check.GUARDS)
        assert lacking.text == f"{self.STACK} is not guarded: it can be deleted"
        cloudformation.update_termination_protection(**named, EnableTerminationProtection=True)
        guarded = [Answer(f"{self.STACK}: what holds data is guarded")]
        assert asked(self.FILE, Check.GUARDS) == guarded
        cloudformation.update_termination_protection(**named, EnableTerminationProtection=False)
