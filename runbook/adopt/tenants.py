"""Tenants of SES: senders whose reputation and pauses are kept apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark, without_defaults
from settings.models.tenants import Tenant

TENANT = "AWS::SES::Tenant"
UNUSED = (
    "no sender's policy names it (ses:TenantName), and the file has tenants with senders alone: it "
    "stays as it is. Give a sender the field `tenant`, and run this again"
)


def items(account: Account, senders: Collection[Item]) -> Iterator[Item]:
    """Yield each tenant that a sender is in, and a remark for each other."""
    used = {str((sender.declared or {}).get("tenant")) for sender in senders}
    for live in account.each(TENANT):
        yield _tenant(account, live) if live.identifier in used else _unused(account, live)


def _tenant(account: Account, live: Live) -> Item:
    policy = live.properties.get("ReputationEntity", {}).get("Policy", {})
    pause = str(policy.get("ReputationEntityPolicy", "")).rpartition("/")[2] or None
    return Item(
        ("mail", "tenants", live.identifier),
        account.region,
        without_defaults(Tenant, {"pause": pause}),
        (live,),
        arn=arn_of(account, live),
    )


def _unused(account: Account, live: Live) -> Item:
    path = ("mail", "tenants", live.identifier)
    return Item(path, account.region, remarks=(Remark(named(account, live), UNUSED),))
