"""`python -m settings.schema` prints the JSON Schema by which editors check the file."""

from __future__ import annotations

import json

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from settings.models.settings import Settings


class _Generator(GenerateJsonSchema):
    """Without titles, which repeat names; with the rules for names, which editors then check."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        described = super().dict_schema(schema)
        if "patternProperties" in described:
            pattern, value = described.pop("patternProperties").popitem()
            described.setdefault("propertyNames", {})["pattern"] = pattern
            described["additionalProperties"] = value
        return described


def schema() -> str:
    """Return the schema as it is committed in groundwork.schema.json."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(by_alias=True, schema_generator=_Generator),
        "title": "Groundwork configuration",
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
