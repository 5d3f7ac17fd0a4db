"""What the tests share: the application as `cdk synth` makes it, synthesized once for each text."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runbook.base.project import PATHS
from settings import Settings, parse
from tests import interruption

if TYPE_CHECKING:  # the CDK starts Node when it is imported, which not every process of a run needs
    from aws_cdk import App
    from aws_cdk.assertions import Template
    from xdist.remote import Producer

    from tests.distribution import ByFolder

ROOT = Path(__file__).parent.parent
CONTEXT: dict[str, Any] = {**json.loads((ROOT / "cdk.json").read_text())["context"], **PATHS}
EXAMPLE = (ROOT / "groundwork.yaml").read_text()
ACCOUNT = 'account: "123456789012"\n'


# What is collected stays: to look for what does not takes a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def pytest_sessionstart(session: pytest.Session) -> None:
    interruption.prepare(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder | None:
    from tests.distribution import ByFolder

    return ByFolder(config, log) if config.getoption("dist") == "loadgroup" else None


def new_app(**context: Any) -> App:
    """Make an application with the feature flags of cdk.json, which a bare `App()` ignores."""
    from aws_cdk import App

    from app import REPORT_BY_OURSELVES

    return App(context={**CONTEXT, **REPORT_BY_OURSELVES, **context})


@cache
def templates_of(text: str) -> dict[str, Template]:
    """Synthesize a configuration, without the checks, and return its stacks' templates by id."""
    from aws_cdk import App, Stack
    from aws_cdk.assertions import Template

    from stacks import make_stacks

    app = App(context=CONTEXT, builtin_cloud_formation_validation=False)
    make_stacks(app, parse(text))
    stacks = [child for child in app.node.children if isinstance(child, Stack)]
    return {stack.node.id: Template.from_stack(stack) for stack in stacks}


@pytest.fixture(scope="session")
def example() -> Settings:
    return parse(EXAMPLE)


@pytest.fixture(scope="session")
def templates() -> Callable[[str], dict[str, Template]]:
    """Synthesize a configuration, given as text without its `account`."""
    return lambda text: templates_of(ACCOUNT + text)


@pytest.fixture(scope="session")
def example_templates() -> dict[str, Template]:
    return templates_of(EXAMPLE)
