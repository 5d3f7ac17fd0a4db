"""The account's plan: accounts opened since July 2025 begin with a free one, which refuses things.

<https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, cast

import boto3

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import QUICK, Place
from settings.models.databases import PostgreSql
from settings.plan import items_of, plans
from settings.plan.data import DatabaseItem, DataItems

HOME = "us-east-1"
"""Where the API is, for all accounts."""
UPGRADE = "Upgrade the account to a paid plan, or set"


class _Plans(Protocol):
    def get_account_plan_state(self) -> dict[str, object]: ...


def look(place: Place) -> Iterator[Answer]:
    """Say which plan it is, and what of the file a free one refuses."""
    if not place.is_home:
        return
    # boto3's types have no API of this name.
    client = cast("_Plans", boto3.client("freetier", region_name=HOME, config=QUICK))
    if client.get_account_plan_state()["accountPlanType"] != "FREE":
        yield Answer("a paid plan")
        return
    yield Answer("a free plan: RDS gives the smallest instances and one day of backups")
    for items in items_of(plans(place.settings), DataItems):
        for name, database in items.databases.items():
            yield from _refused(name, database)


def _refused(name: str, database: DatabaseItem) -> Iterator[Answer]:
    """RDS's own words: `FreeTierRestrictionError`."""
    declared = database.declared
    if declared.backup_days > 1:
        text = f"{name}: a free plan refuses backups of {declared.backup_days} days"
        yield wrong(text, f"{UPGRADE} backup_days: 1")
    if isinstance(declared, PostgreSql) and not declared.instance.endswith(".micro"):
        text = f"{name}: a free plan refuses {declared.instance}"
        yield wrong(text, f"{UPGRADE} instance: db.t4g.micro")
