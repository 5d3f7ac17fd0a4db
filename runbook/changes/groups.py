"""Which groups of approvers a review still needs.

The state machine refuses without them; but a review has one execution. So this asks before it is
started, by IAM's own ids of the groups' roles, as the state machine does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import boto3

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.context import Context
from runbook.changes.orders import there, touched
from runbook.changes.records import StoredApproval, StoredReview
from runbook.changes.review import Review
from runbook.changes.stores import Folder
from settings.contract import logical_id_of
from settings.models.access import Group, group_role
from settings.plan.stack import StackId


def refuse_missing(
    context: Context, found: StoredReview, approvals: Collection[StoredApproval]
) -> None:
    """Refuse while nobody approved of a group whose items the review changes."""
    for name, role in missing(context, found, approvals).items():
        raise UserError(
            f"Review {found.review.id} changes what the group {name} has to approve, and nobody "
            "of it did.",
            f"Have one of them approve it, as {role}: groundwork changes approve {found.review.id}",
        )


def missing(
    context: Context, found: StoredReview, approvals: Collection[StoredApproval]
) -> Mapping[str, str]:
    """Return the groups that are asked and are not heard, each with the name of its role.

    A group that is not deployed yet is asked by nobody.
    """
    access = context.settings.access
    if not access or isinstance(context.records.store, Folder):
        return {}
    heard = {one.approved_by.partition(":")[0] for one in approvals}
    return {
        name: role
        for name in _asked(access.groups, found.review)
        for role in [context.settings.named(f"groundwork-{group_role(name)}")]
        if (role_id := _id(role)) and role_id not in heard
    }


def _asked(groups: Mapping[str, Group], review: Review) -> Iterator[str]:
    changed = {f"{item}/" for stack in review.changed for item in touched(stack)}
    for name, group in groups.items():
        said = any(each.startswith(f"{item}/") for item in group.items for each in changed)
        if said or any(_is_changed(item, review) for item in group.items):
            yield name


def _is_changed(item: str, review: Review) -> bool:
    """Tell as the state machine does whether something of an item is there and changes."""
    area, _, below = item.partition("/")
    begin = logical_id_of(below)
    return any(
        known.area == area and below and logical_id.startswith(begin)
        for stack in review.changed
        if (known := StackId.in_any_environment(stack.name))
        for logical_id in there(stack).values()
    )


def _id(role: str) -> str:
    """Return IAM's own id of a role, or "" where it is not there."""
    iam = boto3.client("iam", config=aws.CONFIG)
    try:
        return iam.get_role(RoleName=role)["Role"]["RoleId"]
    except iam.exceptions.NoSuchEntityException:
        return ""
