"""Plain data, as a file holds it: looking into it, and copying it with a change."""

from __future__ import annotations

from pydantic import JsonValue

from settings.diagnostics import Location


def at(data: JsonValue, location: Location) -> JsonValue:
    """Return what stands at a location, or None."""
    for part in location:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def replaced(data: JsonValue, location: Location, value: JsonValue) -> JsonValue:
    """Return a copy that has another value at a location. An alias shares what it stands for."""
    if not location:
        return value
    first, below = location[0], location[1:]
    if isinstance(data, dict) and isinstance(first, str):
        return {**data, first: replaced(data.get(first), below, value)}
    if isinstance(data, list) and isinstance(first, int) and first < len(data):
        return [*data[:first], replaced(data[first], below, value), *data[first + 1 :]]
    return data


def without(data: JsonValue, location: Location) -> JsonValue:
    """Return a copy that lacks the name at a location, and the value behind it."""
    *above, last = location
    around = at(data, tuple(above))
    if not isinstance(around, dict):
        return data
    return replaced(data, tuple(above), {n: inner for n, inner in around.items() if n != last})
