"""The stacks: they compose constructs and grant, a page each."""

from __future__ import annotations

from typing import assert_never

from aws_cdk import App

from settings import Settings
from settings.plan import StackId, StackPlan, plans
from settings.plan.access import AccessItems
from settings.plan.backup import BackupItems
from settings.plan.data import DataItems
from settings.plan.mail import MailItems
from settings.plan.services import ServiceItems
from stacks.access import AccessStack
from stacks.area import AreaStack
from stacks.backup import BackupStack
from stacks.data import DataStack
from stacks.mail import MailStack
from stacks.services import ServicesStack

__all__ = ["make_stacks"]


def make_stacks(app: App, settings: Settings) -> None:
    """Make the stacks that the configuration asks for: one for each plan."""
    made: dict[StackId, AreaStack] = {}
    for plan in plans(settings):
        made[plan.id] = make_stack(app, plan)
        for earlier in plan.after:
            made[plan.id].node.add_dependency(made[earlier])


def make_stack(app: App, plan: StackPlan) -> AreaStack:
    """Make the stack of one plan. mypy refuses an area that has none."""
    match plan.items:
        case MailItems() as items:
            return MailStack(app, plan, items)
        case DataItems() as items:
            return DataStack(app, plan, items)
        case BackupItems() as items:
            return BackupStack(app, plan, items)
        case ServiceItems() as items:
            return ServicesStack(app, plan, items)
        case AccessItems() as items:
            return AccessStack(app, plan, items)
        case unknown:
            assert_never(unknown)
