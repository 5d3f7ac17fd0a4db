"""What holds for every field there is, those of tomorrow included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from settings import ConfigurationError, parse
from settings.diagnostics import Location, dotted
from settings.models.base import Model
from settings.reader.document import read
from settings.reader.tree import replaced

EVERYTHING = (Path(__file__).parent / "everything.yaml").read_text()
DOCUMENT = read(EVERYTHING)


def models(value: Any) -> list[Model]:
    if isinstance(value, Model):
        inner = [getattr(value, name) for name in type(value).model_fields]
        return [value, *(model for item in inner for model in models(item))]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return [model for item in items for model in models(item)]


def subclasses(model: type[Model]) -> set[type[Model]]:
    direct = model.__subclasses__()
    return {*direct, *(inner for each in direct for inner in subclasses(each))}


def test_the_file_of_every_field_has_every_field() -> None:
    said: dict[type[Model], set[str]] = {}
    for model in models(parse(EVERYTHING)):
        said.setdefault(type(model), set()).update(model.model_fields_set)
    declared = {model for model in subclasses(Model) if not model.__name__.startswith("_")}
    unsaid = {
        f"{model.__name__}.{name}"
        for model in declared
        for name in set(model.model_fields) - said.get(model, set())
    }
    assert unsaid == set(), "tests/settings/everything.yaml says nothing of these"


@pytest.mark.parametrize("location", [where for where in DOCUMENT.values if where], ids=dotted)
def test_a_value_of_another_kind_is_reported_where_it_stands(location: Location) -> None:
    is_list = DOCUMENT.source_text[location] == "a list"
    data = replaced(DOCUMENT.data, location, {"wrong": 1} if is_list else [1])
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False)
    with pytest.raises(ConfigurationError) as raised:
        parse(text)
    (fault,) = (found for found in raised.value.faults if found.path == dotted(location))
    assert (fault.line, fault.column) == read(text).values[location]
    found = "found a mapping" if is_list else "found a list"
    assert fault.message.startswith(f"{found}; must be ")


def test_the_models_are_described_and_so_is_each_of_their_fields() -> None:
    for model in subclasses(Model):
        assert model.__doc__ or model.__name__.startswith("_"), model
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name} has no docstring"
