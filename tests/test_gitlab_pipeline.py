"""The scripts of the example for GitLab, run as its runners run them, with stand-ins."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.test_review_workflow import GROUNDWORK, REVIEW

SPEC, PIPELINE = yaml.safe_load_all((ROOT / "docs/examples/gitlab-ci.yml").read_text())
SAVED = f"Review {REVIEW} is saved to s3://records."


HOOK = '#!/bin/sh\necho "$GIT_PUSH_OPTION_0" > given\n'
"""What GitLab does with an option of a push: here it is written down, in the repository."""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone whose branch `review` has all of `main`, and the stand-in for our command."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    git(origin, "commit", "-q", "--allow-empty", "-m", "base")
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    git(clone, "checkout", "-q", "-b", "review")
    (clone / "bin").mkdir()
    (clone / "bin" / "groundwork").write_text(GROUNDWORK)
    (clone / "bin" / "groundwork").chmod(0o755)
    return clone


def run(folder: Path, job: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {
        "GITLAB_USER_LOGIN": "ann",
        "PREPARED_BY": "",
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "CI_DEFAULT_BRANCH": "main",
        "GROUNDWORK_CONFIG": "groundwork.yaml",
        "PREPARED": SAVED,
        "CHECK": "",
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(PIPELINE[job]["script"])],
        cwd=folder,
        env=base | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def typed(folder: Path) -> list[str]:
    return (folder / "typed").read_text().splitlines()


def test_all_stacks_are_prepared_and_shown(folder: Path) -> None:
    done = run(folder, "prepare")
    assert done.returncode == 0, done.stderr
    assert typed(folder)[0] == "changes prepare --replace --config groundwork.yaml"
    assert (folder / "review" / "id").read_text() == f"{REVIEW}\n"
    assert run(folder, "data").returncode == 0


def test_what_is_behind_the_default_branch_is_not_prepared(folder: Path) -> None:
    git(folder.parent / "origin", "commit", "-q", "--allow-empty", "-m", "merged meanwhile")
    done = run(folder, "prepare")
    assert done.returncode == 1
    assert "This is behind main. Rebase, and push." in done.stdout
    assert not (folder / "typed").exists()


def merge(folder: Path) -> subprocess.CompletedProcess[str]:
    """Merge something to main, and run its job."""
    git(folder, "checkout", "-q", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "merged")
    address = folder.parent / "project.git"
    address.symlink_to(folder.parent / "origin")
    git(address, "config", "receive.advertisePushOptions", "true")
    (address / ".git" / "hooks" / "pre-receive").write_text(HOOK)
    (address / ".git" / "hooks" / "pre-receive").chmod(0o755)
    project = str(address).removesuffix(".git")
    return run(folder, "merged", CI_PROJECT_URL=project, GROUNDWORK_PUSH_TOKEN="secret")


def tips(folder: Path) -> list[str]:
    """The commits of main and of the branch whose pipeline prepares."""
    origin = folder.parent / "origin"
    places = ((folder, "main"), (origin, "review"))
    return [
        subprocess.check_output(["git", "rev-parse", name], cwd=place, text=True)
        for place, name in places
    ]


def test_what_is_merged_is_handed_to_the_branch_that_prepares(folder: Path) -> None:
    done = merge(folder)
    assert done.returncode == 0, done.stderr
    main, review = tips(folder)
    assert main == review
    assert (folder.parent / "origin" / ".git" / "given").read_text() == "ci.input=prepared_by=ann\n"
    assert PIPELINE["merged"]["rules"][0]["if"].startswith("$GROUNDWORK_PUSH_TOKEN &&")


def test_what_is_not_merged_yet_is_not_overwritten(folder: Path) -> None:
    git(folder, "commit", "-q", "--allow-empty", "-m", "open")
    git(folder, "push", "-q", "origin", "review")
    done = merge(folder)
    assert done.returncode == 1
    assert "has commits that are not merged: rebase it on main" in done.stdout
    main, review = tips(folder)
    assert main != review


def test_what_the_file_rules_out_is_shown_and_fails_the_check(folder: Path) -> None:
    lost = "data/databases/x: data lost\\n"
    assert run(folder, "prepare", PREPARING="2", CHECKING="2", CHECK=lost).returncode == 0
    assert (folder / "review" / "1.md").read_text() == "One stack\n"
    failed = run(folder, "data")
    assert (failed.returncode, failed.stdout) == (1, "data/databases/x: data lost\n")


@pytest.mark.parametrize("fault", ["PREPARING", "CHECKING"])
def test_any_other_fault_fails(folder: Path, fault: str) -> None:
    assert run(folder, "prepare", **{fault: "1"}).returncode == 1


@pytest.mark.parametrize("fault", [{"PREPARING": "2", "PREPARED": ""}, {"CHECKING": "2"}])
def test_a_wrong_option_fails(folder: Path, fault: dict[str, str]) -> None:
    """Its exit status is the one of what the file rules out."""
    assert run(folder, "prepare", **fault).returncode == 1


def test_where_nothing_changes_the_note_says_so(folder: Path) -> None:
    assert run(folder, "prepare", PREPARED="Nothing changes").returncode == 0
    assert "Nothing that is deployed changes." in (folder / "review" / "1.md").read_text()


@pytest.mark.parametrize(("given", "who"), [("", "ann"), ("bob", "bob")])
def test_it_is_prepared_in_the_name_of_whoever_pushed_or_merged(
    folder: Path, given: str, who: str
) -> None:
    assert run(folder, "prepare", PREPARED_BY=given).returncode == 0
    assert (folder / "session").read_text() == f"{who}@gitlab\n"
    for name in ("show", "execute"):
        assert "PREPARED_BY" not in str(PIPELINE[name])
    assert PIPELINE[".with_role"]["variables"]["AWS_ROLE_SESSION_NAME"] == (
        "$GITLAB_USER_LOGIN@gitlab"
    )


def test_a_pipeline_is_given_a_whole_id_names_and_a_user_and_nothing_else() -> None:
    """GitLab refuses what does not match. As inputs: a variable could be any of the others, too."""
    takes = {name: given["regex"] for name, given in SPEC["spec"]["inputs"].items()}
    assert {
        name for name in takes if f"$[[ inputs.{name} ]]" in PIPELINE["variables"].values()
    } == {*takes}
    assert all(re.search(regex, "") for regex in takes.values())
    assert re.search(takes["review"], REVIEW)
    assert not re.search(takes["review"], REVIEW[:8])
    assert re.search(takes["typed"], "data-us-east-1/databases/a.b mail-eu-west-2/senders/a+b@c")
    assert not re.search(takes["typed"], "$GITLAB_USER_LOGIN")


def test_a_review_is_shown_before_it_is_executed(folder: Path) -> None:
    assert run(folder, "show", REVIEW=REVIEW).returncode == 0
    assert typed(folder) == [f"changes show {REVIEW} --config groundwork.yaml"]


def test_it_is_approved_with_each_name_and_executed(folder: Path) -> None:
    assert run(folder, "execute", REVIEW=REVIEW, TYPED="a/b c/d").returncode == 0
    assert typed(folder) == [
        f"changes approve {REVIEW} --config groundwork.yaml --type=a/b --type=c/d",
        f"changes execute {REVIEW} --config groundwork.yaml",
    ]
