"""`python -m settings.schema` prints the JSON Schema by which editors check the file."""

from __future__ import annotations

import json

from settings.model import Settings


def schema() -> str:
    """Return the schema as it is committed in groundwork.schema.json."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(by_alias=True),
        "title": "Groundwork configuration",
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
