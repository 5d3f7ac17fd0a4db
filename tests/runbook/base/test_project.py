"""The environment of the programs that commands start."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_cdk import App, DefaultStackSynthesizer, Stack

from runbook.base import project
from runbook.base.assembly import Assembly
from runbook.base.aws import Caller
from runbook.base.errors import UserError
from runbook.changes.prepare import Preparation

FORBIDS = "PYTHONDONTWRITEBYTECODE"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The environments of what is started, with nothing really run."""
    found: list[dict[str, str]] = []

    def run(command: list[Any], *, env: dict[str, str], **_: Any) -> Any:
        found.append(env)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv(FORBIDS, "1")
    monkeypatch.setenv("KEPT", "as it is")
    return found


def test_a_configuration_that_can_be_read_only_once_is_refused(
    started: list[dict[str, str]], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="is a pipe or a folder"):
        project.synthesize(pipe, tmp_path / "assembly")
    assert not started


def test_the_cdk_is_not_compiled_again_by_each_command(
    started: list[dict[str, str]], tmp_path: Path
) -> None:
    project.synthesize(tmp_path / "groundwork.yaml", tmp_path / "assembly")
    project.cdk("bootstrap")
    for environment in started:
        assert FORBIDS not in environment
        assert environment["KEPT"] == "as it is"
    assert len(started) == 2


def test_the_cdk_is_unpacked_into_this_folder_and_needs_no_home(
    started: list[dict[str, str]], tmp_path: Path
) -> None:
    project.synthesize(tmp_path / "groundwork.yaml", tmp_path / "assembly")
    (environment,) = started
    cache = Path(environment["JSII_RUNTIME_PACKAGE_CACHE_ROOT"])
    assert project.ROOT in cache.parents
    assert f"JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/{cache.relative_to(project.ROOT)}" in (
        project.ROOT / "Makefile"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("context", "qualifier"),
    [
        ({}, DefaultStackSynthesizer.DEFAULT_QUALIFIER),
        ({"@aws-cdk/core:bootstrapQualifier": "acme"}, "acme"),
    ],
)
def test_the_bootstrap_is_the_one_that_the_stacks_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, context: dict[str, str], qualifier: str
) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"context": context}))
    monkeypatch.setattr(project, "ROOT", tmp_path)
    assert project.qualifier() == qualifier
    stack = Stack(App(context=context), "stack")
    assert stack.synthesizer.bootstrap_qualifier == qualifier


def test_the_cdks_sessions_are_named_after_whoever_publishes(started: list[dict[str, str]]) -> None:
    assembly = SimpleNamespace(stacks=[], directory="assembly")
    arn = "arn:aws:sts::123456789012:assumed-role/groundwork-author/ann"
    Preparation(cast("Assembly", assembly), "x").publish(Caller("123456789012", arn, "AROA:ann"))
    (environment,) = started
    assert environment["CDK_ROLE_SESSION_NAME"] == "ann"


def test_what_the_cdk_says_again_and_again_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess([], 1, "Publishing\n", "cannot assume\n" * 9)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    with pytest.raises(UserError) as refused:
        project.cdk("publish-assets")
    assert refused.value.message == "cdk publish-assets failed:\ncannot assume\nPublishing"
