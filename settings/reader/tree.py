"""Plain data, as a file holds it: looking into it, and copying it with a change."""

from __future__ import annotations

from typing import Any

from settings.diagnostics import Location

GONE = object()
"""In place of a value: nothing at all, not even its name."""


def at(data: Any, location: Location) -> Any:
    """Return what stands at a location, or None."""
    for part in location:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def replaced(data: Any, location: Location, value: Any) -> Any:
    """Return a copy that has another value at a location. An alias shares what it stands for."""
    if not location:
        return value
    first, below = location[0], location[1:]
    if isinstance(data, dict):
        inner = replaced(data.get(first), below, value)
        others = {name: item for name, item in data.items() if name != first or inner is not GONE}
        return others if inner is GONE else {**others, first: inner}
    if isinstance(data, list) and isinstance(first, int) and first < len(data):
        return [*data[:first], replaced(data[first], below, value), *data[first + 1 :]]
    return data
