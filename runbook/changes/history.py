"""How far reviews have come, and by whose hand."""

from __future__ import annotations

import json
from datetime import datetime

from rich.table import Table
from rich.text import Text

from runbook.changes.context import Context
from runbook.changes.people import shown
from runbook.changes.records import Records, StoredReview
from runbook.changes.text import line, moment


def history(context: Context, *, as_json: bool = False) -> None:
    """List reviews, with who prepared, approved and executed them, and when."""
    found = [*context.records.reviews()]
    if as_json:
        print(json.dumps([_plain(context.records, *each) for each in found], indent=2))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Review", no_wrap=True)
    for heading in ("Prepared", "Approved", "Executed"):
        table.add_column(heading, overflow="fold")
    for identifier, stored in found:
        if stored is None:
            table.add_row(Text(line(identifier)), "cannot be read")
            continue
        table.add_row(Text(line(identifier)), *map(Text, _steps(context.records, stored)))
    context.console.print(table if table.row_count else "No change has been reviewed yet.")


def _plain(records: Records, identifier: str, found: StoredReview | None) -> dict[str, object]:
    """Return a review's steps for a program; a review that cannot be read has none."""
    if found is None:
        return {"review": identifier, "readable": False}
    review = found.review
    approvals = [
        _step(shown(one.approved_by, one.approval.approved_by), one.approval.approved_at)
        for one in records.approvals(found)
    ]
    return {
        "review": identifier,
        "readable": True,
        "prepared": _step(shown(found.prepared_by, review.prepared_by), review.prepared_at),
        "approved": approvals,
        "executed": [
            {**_step(person(each.executed_by), each.executed_at), "status": each.status.value}
            for each in records.executions(review)
        ],
    }


def _step(who: str, at: datetime) -> dict[str, str]:
    return {"by": who, "at": at.isoformat()}


def state(records: Records, found: StoredReview) -> str:
    """Say in a line how far a review has come."""
    prepared, approved, executed = (text.splitlines()[-2:] for text in _steps(records, found))
    if len(executed) == 2:
        return f"Executed by {executed[0]}, {executed[1]}."
    if len(approved) == 2:
        return f"Approved by {approved[0]}, {approved[1]}."
    return f"Prepared by {prepared[0]}, {prepared[1]}. Not approved yet."


def _steps(records: Records, found: StoredReview) -> tuple[str, str, str]:
    review = found.review
    approvals = [
        f"{shown(one.approved_by, one.approval.approved_by)}\n{moment(one.approval.approved_at)}"
        for one in records.approvals(found)
    ]
    executions = [
        f"{person(one.executed_by)}\n{moment(one.executed_at)} ({one.status})"
        for one in records.executions(review)
    ]
    return (
        f"{shown(found.prepared_by, review.prepared_by)}\n{moment(review.prepared_at)}",
        "\n".join(approvals) or "–",
        "\n".join(executions) or "–",
    )


def person(arn: str) -> str:
    """Return the part of a caller's ARN, or of AWS's id of one, by which people know each other.

    Of a state machine, its name; the account's number is the id of its root user.
    """
    if arn.isdecimal():
        return "root"
    if ":execution:" in arn:
        return line(arn.split(":")[6])
    return line(arn.rpartition(":")[2].removeprefix("assumed-role/"))
