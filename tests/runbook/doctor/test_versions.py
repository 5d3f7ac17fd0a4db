"""Which version of Groundwork deployed each stack."""

from __future__ import annotations

import tomllib

import pytest

from runbook.doctor.answer import Answer, State
from runbook.doctor.checks import CHECKS, Check
from runbook.doctor.place import Place
from settings.contract import VERSION, VERSION_KEY
from tests.conftest import ROOT, templates_of
from tests.runbook.doctor.asking import REGION, asked, text_of, wrong

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.xdist_group("runbook"),
    pytest.mark.usefixtures("account"),
]


class TestVersions:
    FILE = "backup: {buckets: {a-bucket: {}}}"
    STACK = f"backup-{REGION}"

    def deployed(self, patch: pytest.MonkeyPatch, body: object) -> None:
        class CloudFormation:
            def get_template(self, **_: str) -> dict[str, object]:
                return {"TemplateBody": body}

        patch.setattr(Place, "stacks", {self.STACK: "CREATE_COMPLETE"})
        patch.setattr(Place, "cloudformation", CloudFormation())

    def test_a_stack_that_is_not_there_has_none(self) -> None:
        assert asked(self.FILE, Check.VERSIONS) == []

    def test_the_stack_says_which_version_made_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deployed(monkeypatch, templates_of(text_of(self.FILE))[self.STACK].to_json())
        expected = f"{self.STACK}: deployed by Groundwork {VERSION}"
        assert asked(self.FILE, Check.VERSIONS) == [Answer(expected)]

    def test_a_newer_one_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deployed(monkeypatch, {"Metadata": {VERSION_KEY: "0.10.0"}})
        found = wrong(self.FILE, Check.VERSIONS)
        assert found.text == f"{self.STACK}: deployed by Groundwork 0.10.0; this is {VERSION}"
        assert found.advice.startswith("Take version 0.10.0 or newer")

    @pytest.mark.parametrize("body", [{}, {"Metadata": {}}, "Resources: {}"])
    def test_a_template_that_does_not_say_is_right(
        self, monkeypatch: pytest.MonkeyPatch, body: object
    ) -> None:
        self.deployed(monkeypatch, body)
        (found,) = asked(self.FILE, Check.VERSIONS)
        assert found.state is State.RIGHT
        assert "did not say which it was" in found.text

    def test_it_is_the_version_that_is_installed(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        assert project["version"] == VERSION

    def test_it_is_asked_before_changes_are_prepared(self) -> None:
        assert CHECKS[Check.VERSIONS].before_changes
