"""The example, deployed, changed by hands, looked at, and taken back: once for all tests."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import embedded
from runbook.changes.review import Review
from runbook.drift import commands
from runbook.drift.change import Drift
from tests.commands import Shell, bootstrap
from tests.drift.hands import HANDS, KEPT, LONDON
from tests.instances import client_of
from tests.killing import killed_after

ROOT = Path(__file__).parents[2]
ACCOUNT, HOME = "123456789012", "us-east-1"


@dataclass
class Story:
    """The deployed example, and what each command answered."""

    instance: embedded.Embedded
    file: Path
    shell: Shell
    statuses: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """The file before and after what was changed was taken into it."""

    def client(self, service: str, region: str = HOME) -> Any:
        return client_of(self.instance, service, region)

    def run(self, step: str, *arguments: str) -> None:
        state = self.instance.directory
        ended = self.shell.run(*arguments, f"--config={self.file}", f"--state={state}")
        self.statuses[step] = ended.status
        self.said[step] = ended.output
        assert ended.status == 0 or step.startswith("drift"), ended.output + ended.errors

    def kill(self, operation: str, *arguments: str) -> None:
        """Kill a command once it has had an effect, in a process of its own."""
        places = f"--config={self.file}", f"--state={self.instance.directory}"
        environment = self.shell.environment
        killed_after(operation, *arguments, *places, environment=environment, folder=ROOT)

    def keep(self) -> None:
        """Take what was changed in some items into the file, and execute that."""
        self.texts["before"] = self.file.read_text()
        only = [f"--only={place}" for place in KEPT]
        self.run("keep-look", "adopt", *only, "--json")
        self.run("keep", "adopt", *only, "--write", "--owner=platform")
        self.texts["after"] = self.file.read_text()
        self.run("keep-review", "changes", "prepare")
        self.run("keep-json", "changes", "show", "--json")
        guarded = Review.model_validate_json(self.said["keep-json"]).guarded
        self.run("keep-approve", "changes", "approve", *(f"--type={name}" for name in guarded))
        self.run("keep-execute", "changes", "execute")
        self.run("drift-kept", "drift", "--json")

    def found(self, step: str) -> dict[str, list[dict[str, Any]]]:
        return dict(json.loads(self.said[step]))


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("drift")
    file = folder / "groundwork.yaml"
    text = (ROOT / "groundwork.yaml").read_text()
    file.write_text(text.replace("two_people: true", "two_people: false"))
    try:
        instance = embedded.start(folder / "aws", ACCOUNT, HOME)
        wide = {"COLUMNS": "200", "NO_COLOR": "1"}
        told = Story(instance, file, Shell({**instance.within(os.environ), **wide}, ROOT))
        bootstrap(told.shell, HOME, LONDON)
        told.run("deploy", "local", "deploy")
        told.run("drift-clean", "drift", "--json")
        for hand in HANDS.values():
            hand.change(told.client)
        told.run("drift", "drift", "--json")
        told.said["drift-shown"] = shown(told.said["drift"])
        told.keep()
        told.kill("CreateChangeSet", "drift", "--revert")
        told.run("revert", "drift", "--revert")
        told.run("approve", "changes", "approve")
        told.kill("StartExecution", "changes", "execute")
        told.run("execute", "changes", "execute")
        told.run("drift-after", "drift", "--json")
        yield told
    finally:
        embedded.stop(folder / "aws")


def shown(answer: str) -> str:
    """Return what the command prints of a look, without looking again."""
    printed = StringIO()
    console = Console(file=printed, width=200, highlight=False)
    commands.show(console, Drift.model_validate_json(answer))
    return printed.getvalue()
