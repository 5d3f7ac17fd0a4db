"""The schemas of CloudFormation's resource types, as cfn-lint carries them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schema(resource_type: str) -> dict[str, Any]:
    """Return the schema of a type in us-east-1; an empty one if the type is unknown there."""
    schemas = files("cfnlint.data.schemas")
    names = _names()
    if resource_type not in names:
        return {}
    path = schemas.joinpath("resources", f"{names[resource_type]}.json")
    return dict(json.loads(path.read_text()))


@cache
def _names() -> dict[str, str]:
    path = files("cfnlint.data.schemas").joinpath("providers", "us-east-1.json")
    return dict(json.loads(path.read_text()))
