"""What the workflows of GitHub Actions may do, and that the commands they type exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from runbook.cli import app
from tests.conftest import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
FILES = sorted(WORKFLOWS.glob("*.yml"))
REVIEW = WORKFLOWS / "review.yml"


def read(file: Path) -> dict[str, Any]:
    # Plain YAML 1.1 reads `on` as true; this loader reads all as text. GitLab's inputs come first.
    return dict([*yaml.load_all(file.read_text(), Loader=yaml.BaseLoader)][-1])


def job(name: str, file: Path = REVIEW) -> dict[str, Any]:
    return dict(read(file)["jobs"][name])


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for found in read(file)["jobs"].values() for step in found.get("steps", ())]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
class TestEveryWorkflow:
    def test_an_action_is_pinned_by_its_commit_with_the_version_beside_it(self, file: Path) -> None:
        uses = re.findall(r"uses: (.*)", file.read_text())
        assert uses
        for action in uses:
            if action.startswith("$/"):
                assert ROOT.joinpath(action.removeprefix("$/")).is_file()
                continue
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)

    def test_nothing_is_granted_but_to_a_job(self, file: Path) -> None:
        workflow = read(file)
        assert workflow["permissions"] == {}
        assert all("permissions" in found for found in workflow["jobs"].values())

    def test_no_event_gives_a_forks_code_the_repositorys_rights(self, file: Path) -> None:
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & {*read(file)["on"]}

    def test_no_text_of_a_person_becomes_part_of_a_script(self, file: Path) -> None:
        assert not [step for step in steps(file) if "${{" in step.get("run", "")]

    def test_a_checkout_leaves_no_token_behind(self, file: Path) -> None:
        for step in steps(file):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"

    def test_it_runs_only_what_the_makefile_and_this_repository_have(self, file: Path) -> None:
        typed = "\n".join(step.get("run", "") for step in steps(file))
        targets = re.findall("^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert {*re.findall(r"\bmake ([a-z-]+)", typed)} <= {*targets}
        for script in re.findall(r"python3? (\S+\.py)", typed):
            assert (ROOT / script).is_file()


class TestTest:
    def test_it_runs_what_a_person_runs_on_the_oldest_python_and_on_the_newest(self) -> None:
        test = job("test", WORKFLOWS / "test.yml")
        oldest = (ROOT / ".python-version").read_text().strip()
        assert test["strategy"]["matrix"]["python"][0] == oldest
        assert len(test["strategy"]["matrix"]["python"]) == 2
        assert test["steps"][-1] == {"run": "make test"}


class TestRelease:
    FILE = WORKFLOWS / "release.yml"

    def test_a_tag_is_tested_before_it_is_released(self) -> None:
        assert read(self.FILE)["on"] == {"push": {"tags": ["v*"]}}
        assert job("release", self.FILE)["needs"] == "test"
        assert job("test", self.FILE)["uses"] == "$/.github/workflows/test.yml"
        assert "workflow_call" in read(WORKFLOWS / "test.yml")["on"]

    def test_its_notes_are_the_changelogs(self) -> None:
        publish = job("release", self.FILE)["steps"][-1]["run"]
        assert 'tools/changelog.py "$GITHUB_REF_NAME"' in publish
        assert "--notes-file" in publish

    def test_only_the_release_may_write(self) -> None:
        assert job("test", self.FILE)["permissions"] == {"contents": "read"}
        assert job("release", self.FILE)["permissions"] == {"contents": "write"}


class TestReview:
    def test_only_jobs_without_code_and_without_credentials_write(self) -> None:
        for name, found in read(REVIEW)["jobs"].items():
            if name in ("comment", "report"):
                assert found["permissions"]["pull-requests"] == "write"
                assert "id-token" not in found["permissions"]
                assert not re.search("checkout|credentials", str(found["steps"]))
            elif name == "data":
                assert found["permissions"] == {}
                assert "checkout" not in str(found["steps"])
            else:
                assert found["permissions"] == {"contents": "read", "id-token": "write"}

    def test_a_forks_pull_request_gets_no_credentials(self) -> None:
        condition = job("prepare")["if"]
        assert "github.event.pull_request.head.repo.full_name == github.repository" in condition

    def test_each_role_is_assumed_by_its_job_alone(self) -> None:
        for name, role in (("prepare", "AUTHOR"), ("show", "READER"), ("execute", "APPROVER")):
            assert f"${{{{ vars.GROUNDWORK_{role} }}}}" in str(job(name)["steps"])
            others = {*read(REVIEW)["jobs"]} - {name}
            assert not [other for other in others if f"_{role} }}}}" in str(job(other)["steps"])]

    def test_the_approvers_credentials_are_the_protected_environments(self) -> None:
        execute = job("execute")
        assert execute["environment"] == "production"
        assert "github.event_name == 'workflow_dispatch'" in execute["if"]
        assert "default_branch" in execute["if"]
        assert "pull_request" not in str(execute)

    def test_the_review_is_shown_by_mains_code_before_anybody_lets_it_be_executed(self) -> None:
        show = job("show")
        assert job("execute")["needs"] == "show"
        assert show["if"] == job("execute")["if"]
        assert "environment" not in show
        assert "$GITHUB_STEP_SUMMARY" in show["steps"][-1]["run"]

    def test_what_is_behind_main_is_refused_before_any_credentials(self) -> None:
        names = [step.get("name", step.get("uses", "")) for step in job("prepare")["steps"]]
        (assumed,) = [n for n, name in enumerate(names) if "configure-aws-credentials" in name]
        assert names.index("Refuse what is behind main") < assumed

    def test_what_is_merged_is_prepared(self) -> None:
        assert read(REVIEW)["on"]["push"] == {"branches": ["main"]}

    def test_executions_wait_for_each_other_and_none_takes_anothers_place(self) -> None:
        assert job("execute")["concurrency"] == {
            "group": "groundwork-execute",
            "cancel-in-progress": "false",
            "queue": "max",
        }

    def test_sessions_carry_the_name_of_whoever_started_them(self) -> None:
        # The actor of a run that somebody else starts again is still the first one.
        name = "'role-session-name': '${{ github.triggering_actor }}@github'"
        for assuming in ("prepare", "show", "execute"):
            assert name in str(job(assuming)["steps"])

    def test_every_command_that_is_typed_exists(self) -> None:
        exists(REVIEW, "prepare", "show", "show", "show", "show", "approve", "execute")


class TestDrift:
    FILE = WORKFLOWS / "drift.yml"

    def test_only_the_job_without_code_and_without_credentials_writes(self) -> None:
        assert job("report", self.FILE)["permissions"] == {"issues": "write"}
        assert not re.search("checkout|credentials", str(job("report", self.FILE)["steps"]))
        look = job("look", self.FILE)
        assert look["permissions"] == {"contents": "read", "id-token": "write"}
        assert "GROUNDWORK_READER" in str(look["steps"])

    def test_it_looks_on_a_schedule_with_mains_code(self) -> None:
        assert read(self.FILE)["on"]["schedule"]
        assert "github.ref == 'refs/heads/main'" in job("look", self.FILE)["if"]

    def test_the_command_that_is_typed_exists(self) -> None:
        (typed,) = re.findall(r"groundwork drift (.*)", self.FILE.read_text())
        root: Any = typer.main.get_command(app)
        known = {name for option in root.commands["drift"].params for name in option.opts}
        assert {*re.findall(r"--[a-z]+", typed)} <= known


class TestGitLab:
    """The example for GitLab, which has the same steps."""

    FILE = ROOT / "docs" / "examples" / "gitlab-ci.yml"

    def test_every_command_that_is_typed_exists(self) -> None:
        exists(self.FILE, "prepare", "show", "show", "show", "approve", "execute")

    def test_each_role_is_assumed_by_its_job_alone(self) -> None:
        pipeline = read(self.FILE)
        for name, role in (("prepare", "AUTHOR"), ("show", "READER"), ("execute", "APPROVER")):
            assert pipeline[name]["variables"]["AWS_ROLE_ARN"] == f"$GROUNDWORK_{role}"
            assert pipeline[name]["extends"] == ".with_role"

    def test_only_main_executes_once_somebody_has_seen_the_review(self) -> None:
        execute = read(self.FILE)["execute"]
        (rule,) = execute["rules"]
        assert rule["when"] == "manual"
        assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"]
        assert execute["needs"] == ["show"]
        assert execute["environment"] == "production"

    def test_executions_wait_for_each_other(self) -> None:
        execute = read(self.FILE)["execute"]
        assert (execute["resource_group"], execute["interruptible"]) == ("production", "false")


def exists(file: Path, *expected: str) -> None:
    """Check the commands of Groundwork that a file types, in order, and their options."""
    typed = re.findall(r"groundwork changes (\w+) (.*)", file.read_text())
    assert [name for name, _ in typed] == [*expected]
    root: Any = typer.main.get_command(app)
    for name, rest in typed:
        command = root.commands["changes"].commands[name]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {*re.findall(r"--[a-z]+", rest)} <= options
