"""The records in the forms that a DNS host takes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from runbook.dns.records import Record

TTL_SECONDS = 1800
STRING_BYTES = 255
"""What one string of a TXT record holds; a longer value is written as several."""

COLUMNS = ("type", "name", "value", "priority", "ttl", "whole_name", "purpose", "owner")


def as_lines(records: Sequence[Record], zone: str | None, *, dots: bool = False) -> str:
    """Write one record a line, with tabs between type, name, value and priority."""
    return "\n".join(
        "\t".join(cell for cell in cells(record, zone, dots=dots) if cell) for record in records
    )


def cells(record: Record, zone: str | None, *, dots: bool) -> tuple[str, str, str, str]:
    """Return type, name, value and priority as a host takes them.

    `dots` is for hosts that append the zone to a target as well, unless it ends with a dot.
    """
    value = record.value + "." if dots and record.type in ("CNAME", "MX") else record.value
    priority = "" if record.priority is None else str(record.priority)
    name = record.name if record.owner else record.name_in(zone)
    return record.type, name, value, priority


def as_csv(records: Sequence[Record], zone: str | None) -> str:
    """Write a table with a heading, as a spreadsheet reads it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(record, zone) for record in records)
    return text.getvalue()


def as_json(records: Sequence[Record], zone: str | None) -> str:
    """Write a list of records, `null` where a record has no such field."""
    return json.dumps([_row(record, zone) for record in records], indent=2)


def _row(record: Record, zone: str | None) -> dict[str, str | int | None]:
    kind, name, value, _ = cells(record, zone, dots=False)
    return dict(
        zip(
            COLUMNS,
            (
                kind,
                name,
                value,
                record.priority,
                TTL_SECONDS,
                record.name,
                record.purpose.value,
                record.owner,
            ),
            strict=True,
        )
    )


def as_zone(records: Sequence[Record], origin: str) -> str:
    """Write lines of a BIND zone file. What somebody else has to add is a comment."""
    lines = [f"$ORIGIN {origin}."]
    for record in records:
        comment = f"; for the owner of {record.owner}: " if record.owner else ""
        name = f"{record.name}." if record.owner else record.name_in(origin)
        lines.append(f"{comment}{name}\t{TTL_SECONDS}\tIN\t{record.type}\t{_zone_value(record)}")
    return "\n".join(lines)


def _zone_value(record: Record) -> str:
    if record.type == "TXT":
        return " ".join(f'"{_escaped(piece)}"' for piece in _pieces(record.value))
    return f"{record.answer}."


def _pieces(value: str) -> list[str]:
    return [value[at : at + STRING_BYTES] for at in range(0, len(value), STRING_BYTES)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
