"""The scripts of review.yml, run as GitHub runs them, with a stand-in for its command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.programs import require

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/review.yml").read_text())
REVIEW = "20261122T101500-0a1b2c"
FIRST = "<!-- groundwork-review 1/1 -->\n\n## One stack changes\n"
BOTH = [FIRST.replace("1/1", "1/2"), "<!-- groundwork-review 2/2 -->\n\nThe rest\n"]


def script(job: str, name: str) -> str:
    """Return what a step of a job runs."""
    (found,) = [step for step in WORKFLOW["jobs"][job]["steps"] if step.get("name") == name]
    return str(found["run"])


@dataclass
class Runner:
    """A runner of GitHub's, in a folder."""

    folder: Path

    @property
    def comments(self) -> list[str]:
        files = sorted((self.folder / "comments").iterdir(), key=lambda file: int(file.name))
        return [file.read_text() for file in files]

    def run(self, job: str, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        base = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "JQ": require("jq"),
            "COMMENTS": f"{self.folder}/comments",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_STEP_SUMMARY": f"{self.folder}/summary",
            "RUN": "https://example.org/run",
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(job, name)],
            cwd=self.folder,
            env=base | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def typed(self) -> list[str]:
        return (self.folder / "typed").read_text().splitlines()

    def prepared(self, *parts: str, review: str = REVIEW) -> None:
        """Lay out what the job that prepares has left, and comment on it."""
        shutil.rmtree(self.folder / "review", ignore_errors=True)
        (self.folder / "review").mkdir()
        for number, part in enumerate(parts, 1):
            (self.folder / "review" / f"{number}.md").write_text(part)
        if review:
            (self.folder / "review" / "id").write_text(f"{review}\n")
        done = self.run("comment", "Comment", NUMBER="7", COMMIT="0123456789abcdef", PULLS="[]")
        assert done.returncode == 0, done.stderr


GROUNDWORK = """#!/bin/bash
echo "$*" >> typed
echo "$AWS_ROLE_SESSION_NAME" > session
case "$2" in
  prepare) echo "$PREPARED"; exit "${PREPARING:-0}" ;;
  show)
    case "$*" in *--check*) printf "$CHECK"; exit "${CHECKING:-0}" ;; esac
    case "$*" in
      *--markdown*) mkdir -p review; echo "One stack" > review/1.md; echo "Two" > review/2.md ;;
    esac
    echo "The review" ;;
esac
"""
"""A stand-in for the command, which writes down what is typed."""


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "bin").mkdir()
    (tmp_path / "comments").mkdir()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/activate").touch()
    groundwork = tmp_path / "bin" / "groundwork"
    groundwork.write_text(GROUNDWORK)
    groundwork.chmod(0o755)
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"\n')
    gh.chmod(0o755)
    return Runner(tmp_path)


class TestComment:
    def test_it_shows_the_review_and_says_what_to_do_next(self, runner: Runner) -> None:
        runner.prepared(FIRST)
        (comment,) = runner.comments
        assert comment.startswith(FIRST)
        assert "Prepared from `0123456789ab`" in comment
        assert f"*Actions → review → Run workflow* with `{REVIEW}`" in comment
        assert (runner.folder / "summary").read_text() == FIRST

    def test_the_next_run_updates_it(self, runner: Runner) -> None:
        (runner.folder / "comments" / "1").write_text("Somebody's own")
        runner.prepared(FIRST)
        runner.prepared(FIRST.replace("One stack", "No stack"), review="")
        first, second = runner.comments
        assert first == "Somebody's own"
        assert "No stack changes" in second
        assert REVIEW not in second

    def test_a_long_review_has_further_comments_which_go_with_it(self, runner: Runner) -> None:
        runner.prepared(*BOTH)
        assert [text.split("\n")[0] for text in runner.comments] == [
            "<!-- groundwork-review 1/2 -->",
            "<!-- groundwork-review 2/2 -->",
        ]
        runner.prepared(FIRST)
        assert len(runner.comments) == 1

    def test_what_is_merged_updates_the_comment_of_its_pull_request(self, runner: Runner) -> None:
        runner.prepared(FIRST, review="")
        (runner.folder / "review" / "id").write_text(f"{REVIEW}\n")
        (runner.folder / "review" / "1.md").write_text(FIRST)
        done = runner.run("comment", "Comment", NUMBER="", COMMIT="abc", PULLS='[{"number": 7}]')
        assert done.returncode == 0, done.stderr
        (comment,) = runner.comments
        assert REVIEW in comment

    def test_a_commit_without_a_pull_request_has_only_the_runs_page(self, runner: Runner) -> None:
        (runner.folder / "review").mkdir()
        (runner.folder / "review" / "1.md").write_text(FIRST)
        done = runner.run("comment", "Comment", NUMBER="", COMMIT="abc", PULLS="[]")
        assert done.returncode == 0, done.stderr
        assert runner.comments == []
        assert (runner.folder / "summary").read_text() == FIRST

    def test_an_id_that_is_none_is_not_repeated(self, runner: Runner) -> None:
        runner.prepared(FIRST, review="@everybody look")
        assert "@everybody" not in runner.comments[0]


class TestPrepare:
    STEP = ("prepare", "Prepare")
    SAVED = f"Review {REVIEW} is saved to s3://records."

    def prepare(self, runner: Runner, **environment: str) -> subprocess.CompletedProcess[str]:
        known = {"CONFIG": "groundwork.yaml", "GITHUB_EVENT_NAME": "pull_request", "CHECK": ""}
        return runner.run(*self.STEP, **{"PREPARED": self.SAVED} | known | environment)

    def test_all_stacks_of_the_file_are_prepared(self, runner: Runner) -> None:
        assert self.prepare(runner).returncode == 0
        assert runner.typed[0] == "changes prepare --config groundwork.yaml"
        assert (runner.folder / "review" / "id").read_text() == f"{REVIEW}\n"
        assert all(f"show {REVIEW} " in line for line in runner.typed[1:])

    def test_what_is_merged_takes_the_place_of_an_open_review(self, runner: Runner) -> None:
        assert self.prepare(runner, GITHUB_EVENT_NAME="push").returncode == 0
        assert runner.typed[0] == "changes prepare --config groundwork.yaml --replace"

    def test_what_the_file_rules_out_is_shown_all_the_same(self, runner: Runner) -> None:
        lost = "data/databases/x: data lost\n"
        done = self.prepare(runner, PREPARING="2", CHECK=lost, CHECKING="2")
        assert done.returncode == 0, done.stderr
        assert (runner.folder / "review" / "1.md").exists()
        assert runner.run("data", "Look whether data is lost").returncode == 1

    @pytest.mark.parametrize("fault", ["PREPARING", "CHECKING"])
    def test_any_other_fault_fails(self, runner: Runner, fault: str) -> None:
        assert self.prepare(runner, **{fault: "1"}).returncode == 1

    @pytest.mark.parametrize("fault", [{"PREPARING": "2", "PREPARED": ""}, {"CHECKING": "2"}])
    def test_a_wrong_option_fails(self, runner: Runner, fault: dict[str, str]) -> None:
        """Its exit status is the one of what the file rules out."""
        assert self.prepare(runner, **fault).returncode == 1

    def test_where_nothing_changes_the_comment_says_so(self, runner: Runner) -> None:
        assert self.prepare(runner, PREPARED="Nothing changes").returncode == 0
        assert not (runner.folder / "review" / "id").exists()
        assert (
            "Nothing that is deployed changes." in (runner.folder / "review" / "1.md").read_text()
        )


class TestExecute:
    def test_the_names_that_were_typed_are_passed_on_one_by_one(self, runner: Runner) -> None:
        done = runner.run(
            "execute",
            "Approve and execute",
            CONFIG="groundwork.yaml",
            REVIEW=REVIEW,
            TYPED="data/databases/x $(touch pwned) *",
        )
        assert done.returncode == 0, done.stderr
        assert runner.typed == [
            f"changes approve {REVIEW} --config groundwork.yaml --type=data/databases/x "
            "--type=$(touch --type=pwned) --type=*",
            f"changes execute {REVIEW} --config groundwork.yaml",
        ]
        assert not (runner.folder / "pwned").exists()


class TestReport:
    STEP = ("report", "Write the state into the comment")

    @pytest.mark.parametrize(
        ("result", "said"),
        [("success", "**Executed** by @ann"), ("failure", "**Not executed to the end**")],
    )
    def test_the_comment_says_how_the_execution_ended(
        self, runner: Runner, result: str, said: str
    ) -> None:
        runner.prepared(FIRST)
        for _ in range(2):
            done = runner.run(
                *self.STEP, REVIEW=REVIEW, RESULT=result, GITHUB_TRIGGERING_ACTOR="ann"
            )
            assert done.returncode == 0, done.stderr
        (comment,) = runner.comments
        assert comment.startswith(FIRST)
        assert comment.count("<!-- groundwork-state -->") == comment.count(said) == 1
        assert "Prepared from" not in comment

    def test_another_reviews_comment_is_left_alone(self, runner: Runner) -> None:
        runner.prepared(FIRST)
        other = REVIEW.replace("0a1b2c", "ffffff")
        done = runner.run(*self.STEP, REVIEW=other, RESULT="success", GITHUB_TRIGGERING_ACTOR="ann")
        assert done.returncode == 0, done.stderr
        assert "Executed" not in runner.comments[0]


class TestShow:
    def test_the_log_and_the_runs_page_have_the_review(self, runner: Runner) -> None:
        step = "Show the review, in the log and on the run's page"
        done = runner.run("show", step, REVIEW=REVIEW, CONFIG="groundwork.yaml")
        assert "The review" in done.stdout
        assert (runner.folder / "summary").read_text() == "One stack\nTwo\n"

    @pytest.mark.parametrize("review", ["2026", REVIEW[:-1], f"{REVIEW} --full", ""])
    def test_a_review_is_named_by_its_whole_id(self, runner: Runner, review: str) -> None:
        assert runner.run("show", "Ask for the whole id", REVIEW=REVIEW).returncode == 0
        refused = runner.run("show", "Ask for the whole id", REVIEW=review)
        assert refused.returncode == 1
        assert "whole id" in refused.stdout


class TestBehind:
    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout.strip()

    @pytest.fixture(autouse=True)
    def repository(self, runner: Runner) -> None:
        self.folder = runner.folder
        self.git("init", "-q", "-b", "main")
        self.git("commit", "-q", "--allow-empty", "-m", "base")
        self.git("checkout", "-q", "-b", "change")
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        self.git("checkout", "-q", "main")
        self.base = self.git("rev-parse", "main")
        self.git("merge", "-q", "--no-ff", "-m", "as GitHub merges it to try", "change")

    def refused(self, runner: Runner, **environment: str) -> bool:
        done = runner.run("prepare", "Refuse what is behind main", **environment)
        assert done.returncode in (0, 1), done.stderr
        return bool(done.returncode)

    def test_a_pull_request_is_prepared_upon_the_newest_main(self, runner: Runner) -> None:
        assert not self.refused(runner, UPON="HEAD^1", NEWEST=self.base)
        assert self.refused(runner, UPON="HEAD^1", NEWEST="f" * 40)

    def test_main_itself_is_prepared_only_as_it_is(self, runner: Runner) -> None:
        assert not self.refused(runner, UPON="HEAD", NEWEST=self.git("rev-parse", "HEAD"))
        assert self.refused(runner, UPON="HEAD", NEWEST="f" * 40)


class TestData:
    def test_it_fails_where_the_review_names_what_is_lost(self, runner: Runner) -> None:
        (runner.folder / "review").mkdir()
        assert runner.run("data", "Look whether data is lost").returncode == 0
        (runner.folder / "review" / "check").write_text("")
        assert runner.run("data", "Look whether data is lost").returncode == 0
        (runner.folder / "review" / "check").write_text("data-us-east-1/databases/x: lost\n")
        failed = runner.run("data", "Look whether data is lost")
        assert failed.returncode == 1
        assert "databases/x: lost" in failed.stdout
