"""Groups of approvers: whose approval an execution needs besides, by what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from settings.contract import logical_id_of


@dataclass(frozen=True)
class ApproverGroup:
    """A group, and what is not changed without one of its people."""

    name: str
    role_id: str
    """IAM's own id of the group's role, with which the caller's id begins, and so the path of an
    approval: what somebody says of themselves is not asked.
    """
    items: tuple[str, ...]
    """Areas (`mail`), kinds of item (`data/databases`) and items (`mail/senders/billing`)."""
    environment: str = ""


def is_heard(group: ApproverGroup) -> str:
    """Return the condition that a group approved, or that nothing of theirs is changed.

    A whole area is told by the names of its stacks, which nobody can forge: CloudFormation executes
    a change set on its own stack alone. What is smaller is told by the logical ids of what is there
    and changes, as CloudFormation has them; and, for what is added, by the items in the orders,
    which every approver's command works out. Orders without items touch everything.
    """
    theirs = " or ".join(["$not($count(items) > 0)", *_theirs(group)])
    heard = f"$states.input.approvals[$substringBefore(who, ':') = '{group.role_id}']"
    there = "".join(f" and $count({ids}) = 0" for ids in _there(group))
    return f"""(
      $count($states.input.orders.stacks[{theirs}]) = 0{there} or $count({heard}) > 0
    )"""


def _there(group: ApproverGroup) -> Iterator[str]:
    """Yield the logical ids of a group's items that change, in the stacks of the item's area."""
    for area, _, below in (item.partition("/") for item in group.items):
        if below:
            begin = logical_id_of(below)
            stacks = f"$states.input.checks[{_of_area(group, area)}]"
            yield f"{stacks}.changed[$substring($, 0, {len(begin)}) = '{begin}']"


def _theirs(group: ApproverGroup) -> Iterator[str]:
    for item in group.items:
        if "/" in item:
            below = f"$substring($ & '/', 0, {len(item) + 1}) = '{item}/'"
            yield f"$count(items[{below}]) > 0"
            continue
        yield _of_area(group, item)


def _of_area(group: ApproverGroup, area: str) -> str:
    begin = "-".join(filter(None, (group.environment, area))) + "-"
    return f"$substring(name, 0, {len(begin)}) = '{begin}'"
