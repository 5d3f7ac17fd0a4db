"""The example, deployed, changed by hands, looked at, and taken back: once for all tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import embedded
from tests.drift.hands import HANDS
from tests.instances import client_of

ROOT = Path(__file__).parents[2]
GROUNDWORK = Path(sys.executable).parent / "groundwork"


@dataclass
class Story:
    """The deployed example, and what each command answered."""

    state: Path
    file: Path
    statuses: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        instance = embedded.find(self.state)
        assert instance
        return client_of(instance, service, region)

    def run(self, step: str, *arguments: str) -> None:
        instance = embedded.find(self.state)
        aws = instance.environment() if instance else {}
        finished = subprocess.run(
            [GROUNDWORK, *arguments, f"--config={self.file}", f"--state={self.state}"],
            cwd=ROOT,
            env={**os.environ, **aws, "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.statuses[step] = finished.returncode
        self.said[step] = finished.stdout
        assert "Traceback" not in finished.stderr, finished.stderr
        assert finished.returncode == 0 or step.startswith("drift"), finished.stderr

    def found(self, step: str) -> dict[str, list[dict[str, Any]]]:
        return dict(json.loads(self.said[step]))


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("drift")
    file = folder / "groundwork.yaml"
    text = (ROOT / "groundwork.yaml").read_text()
    file.write_text(text.replace("two_people: true", "two_people: false"))
    told = Story(folder / "aws", file)
    try:
        told.run("deploy", "local", "deploy")
        told.run("drift-clean", "drift", "--json")
        for hand in HANDS.values():
            hand.change(told.client)
        told.run("drift", "drift", "--json")
        told.run("drift-shown", "drift")
        told.run("revert", "drift", "--revert")
        told.run("approve", "changes", "approve")
        told.run("execute", "changes", "execute")
        told.run("drift-after", "drift", "--json")
        yield told
    finally:
        subprocess.run([GROUNDWORK, "local", "stop", "--state", told.state], check=False, cwd=ROOT)
