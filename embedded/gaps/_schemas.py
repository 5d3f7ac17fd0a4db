"""The schemas of CloudFormation's resource types, as cfn-lint carries them."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any


@cache
def schema(resource_type: str) -> dict[str, Any]:
    """Return the schema of a type in us-east-1; an empty one if the type is unknown there."""
    names = _names()
    if resource_type not in names:
        return {}
    return _read(f"resources/{names[resource_type]}.json")


@cache
def _names() -> dict[str, str]:
    return _read("providers/us-east-1.json")


def _read(name: str) -> dict[str, Any]:
    """Read a file of cfn-lint, which itself would be loaded for a second by `resources.files`."""
    path = Path(str(distribution("cfn-lint").locate_file("cfnlint/data/schemas")), name)
    return dict(json.loads(path.read_text()))
