"""What is deployed of a function: its own package and what is shared, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

import groundwork
from groundwork.kit import RuntimeFunction, function
from groundwork.kit.function import FunctionName

NAMES: tuple[FunctionName, ...] = get_args(FunctionName)
FUNCTIONS = Path(groundwork.__file__).parent / "functions"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, from which functions are packed."""
    root = tmp_path / "groundwork"
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(FUNCTIONS, root / "functions", ignore=without)
    monkeypatch.setattr(function, "ROOT", root)
    return root / "functions"


def keys() -> dict[str, str]:
    """Return the key of each function's archive, which is named after what it holds."""
    stack = Stack(App(), "stack")
    for name in NAMES:
        RuntimeFunction(stack, name, runs=name, description=name)
    found = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    return {
        resource["Properties"]["Description"]: resource["Properties"]["Code"]["S3Key"]
        for resource in found
    }


def test_every_package_is_the_name_of_a_function() -> None:
    packages = {file.parent.name for file in FUNCTIONS.glob("*/__init__.py")}
    assert packages == {*NAMES, "shared"}


@pytest.mark.parametrize("changed", NAMES)
def test_a_change_in_one_function_leaves_the_others_as_they_are(copy: Path, changed: str) -> None:
    before = keys()
    with (copy / changed / "handler.py").open("a") as file:
        file.write("# changed\n")
    after = keys()
    assert {name for name in NAMES if after[name] != before[name]} == {changed}


def test_a_change_in_what_is_shared_reaches_every_function(copy: Path) -> None:
    before = keys()
    (copy / "shared" / "retry.py").write_text("# changed\n")
    after = keys()
    assert {name for name in NAMES if after[name] != before[name]} == {*NAMES}


def test_files_that_are_no_modules_change_nothing(copy: Path) -> None:
    before = keys()
    for folder in (copy, copy / "shared", copy / "feedback"):
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "handler.cpython-314.pyc").write_text("compiled")
        (folder / "notes.txt").write_text("notes")
    assert keys() == before


def test_an_archive_has_its_own_modules_and_the_shared_ones(copy: Path) -> None:
    app = App()
    RuntimeFunction(Stack(app, "stack"), "feedback", runs="feedback", description="any")
    (packed,) = (path for path in Path(app.synth().directory).glob("asset.*") if path.is_dir())
    assert {str(path.relative_to(packed)) for path in packed.rglob("*") if path.is_file()} == {
        "functions/__init__.py",
        "functions/feedback/__init__.py",
        "functions/feedback/handler.py",
        *(f"functions/shared/{file.name}" for file in (copy / "shared").glob("*.py")),
    }
