"""The files that tools and GitHub read: they name what exists, and fetch nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

TARGETS = {*re.findall("^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
DEPENDABOT = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())
TEMPLATES = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("[!c]*.yml"))
NAMED_BY_THE_CDK = re.compile(r"^    import (aws_cdk\S*) as _\w+$", re.MULTILINE)


def made(command: str) -> list[str]:
    """Return the targets that a command line makes."""
    return [word for step in command.split("&&") if "make" in step for word in step.split()[1:]]


def test_a_commit_fetches_nothing() -> None:
    for repository in HOOKS["repos"]:
        assert repository["repo"] == "local"
        assert {hook["language"] for hook in repository["hooks"]} == {"system"}


def test_hooks_run_what_ci_runs() -> None:
    run = [target for hook in HOOKS["repos"][0]["hooks"] for target in made(hook["entry"])]
    assert {*run} <= TARGETS
    assert {"lint", "test"} <= {*run}
    assert "make test" in (ROOT / ".ci/run").read_text()
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    assert {"style", "cfn-lint", "types", "tests"} <= {*recipe[1].split()}


def test_hooks_are_as_pre_commit_reads_them() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_the_dev_container_makes_what_the_two_commands_need() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert made(container["onCreateCommand"]) == ["clients"]
    assert made(container["updateContentCommand"]) == ["setup"]
    version = (ROOT / ".python-version").read_text().strip()
    assert container["image"].startswith(f"python:{version}-")


def test_the_oldest_python_that_is_promised_is_the_one_to_develop_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = (ROOT / ".python-version").read_text().strip()
    assert project["project"]["requires-python"] == f">={version}"
    assert project["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"
    assert f"--python-version {version}" in (ROOT / "Makefile").read_text()


def test_every_kind_of_package_is_kept_up_to_date_in_groups() -> None:
    updates = {update["package-ecosystem"]: update for update in DEPENDABOT["updates"]}
    assert {*updates} == {"uv", "npm", "github-actions"}
    for update in updates.values():
        assert update["groups"]
        assert update["cooldown"]
        for folder in update.get("directories", [update.get("directory")]):
            assert (ROOT / folder.removeprefix("/")).is_dir()


def test_every_line_of_codeowners_matches_something() -> None:
    lines = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert rules[0][0] == "*", "the first line is for all that no other line matches"
    for pattern, *owners in rules:
        assert [*ROOT.glob(pattern.strip("/"))], f"{pattern} matches nothing"
        assert owners
        assert all(re.fullmatch(r"@[\w-]+/[\w-]+", owner) for owner in owners)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_form_for_issues_has_what_github_asks_for(file: Any) -> None:
    form = yaml.safe_load(file.read_text())
    assert {"name", "description", "body"} <= {*form}
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)


def test_every_command_that_the_contributors_page_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert {*re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, re.MULTILINE)} <= TARGETS


@pytest.mark.parametrize(("made_in", "is_kept"), [("here", True), ("elsewhere", False)])
def test_what_is_installed_in_a_folder_that_was_moved_is_installed_again(
    made_in: str, is_kept: bool, tmp_path: Path
) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    (tmp_path / ".venv").mkdir()
    installed = tmp_path / ".venv/.installed"
    installed.write_text(f"{tmp_path if made_in == 'here' else '/moved from'}\n")
    subprocess.run(["make", "help"], cwd=tmp_path, check=True, capture_output=True)
    assert installed.exists() is is_kept


def test_mypy_reads_all_that_what_we_use_of_the_cdk_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    overrides = project["tool"]["mypy"]["overrides"]
    [read] = [{*each["module"]} for each in overrides if each.get("follow_imports") == "normal"]
    for name in read:
        folder = Path(sysconfig.get_path("purelib"), *name.split("."))
        assert {*NAMED_BY_THE_CDK.findall((folder / "__init__.py").read_text())} <= read, name
