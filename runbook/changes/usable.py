"""Whether CloudFormation can update a stack now, and the way out where it cannot."""

from __future__ import annotations

from collections.abc import Mapping

from runbook.base.errors import UserError

_MADE = ("creation", "delete what is left of it", "delete-stack")
_FAILED = {
    "CREATE_FAILED": _MADE,
    "ROLLBACK_COMPLETE": _MADE,
    "ROLLBACK_FAILED": _MADE,
    "DELETE_FAILED": ("deletion", "remove what held it, and delete it again", "delete-stack"),
    "UPDATE_ROLLBACK_FAILED": (
        "rollback",
        "remove what held it, and let it go on",
        "continue-update-rollback",
    ),
}
"""What failed in each state that allows no update, and the way out of it.

<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes>
"""


def usable(name: str, current: Mapping[str, object] | None) -> None:
    """Refuse a stack that CloudFormation cannot update, or is updating now."""
    status = str(current["StackStatus"]) if current else "REVIEW_IN_PROGRESS"
    if failed := _FAILED.get(status):
        what, way_out, command = failed
        raise UserError(
            f"{name} is {status}: CloudFormation cannot update a stack whose {what} failed.",
            f"Look at its events, then {way_out}: aws cloudformation {command} --stack-name {name}",
        )
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        raise UserError(
            f"{name} is {status}: another operation is running.", "Try again when it is done."
        )
