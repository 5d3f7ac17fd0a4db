"""What is wrong between tenants, their senders, and the identities of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from settings.models.base import Problem

if TYPE_CHECKING:
    from settings.models.mail import Mail
    from settings.models.senders import Sender
    from settings.models.tenants import Tenant


def tenant_problems(mail: Mail) -> Iterator[Problem]:
    """Compare tenants with each other, with their senders and the identities of these."""
    yield from _categories(mail.tenants)
    for name in mail.tenants:
        if not mail.senders_of(name):
            yield Problem(
                ("tenants", name),
                f"a tenant that has a sender: give one the field tenant: {name}, or give the "
                "tenant a category that a sender has",
                key=True,
                depends_on=(("senders",),),
            )
    for name, sender in mail.senders.items():
        if sender.tenant and sender.tenant not in mail.tenants:
            known = ", ".join(mail.tenants) or "none yet"
            yield Problem(
                ("senders", name, "tenant"),
                f"a tenant declared in mail.tenants: {known}",
                depends_on=(("tenants",),),
            )
        elif mail.tenant_of(sender):
            yield from _divided(mail, name, sender)


def _categories(tenants: Mapping[str, Tenant]) -> Iterator[Problem]:
    """Keep each category to one tenant, so that the order of the file decides nothing."""
    seen: Counter[str] = Counter()
    for name, tenant in tenants.items():
        if tenant.category:
            seen[tenant.category] += 1
            if seen[tenant.category] > 1:
                yield Problem(
                    ("tenants", name, "category"),
                    "one that no tenant above has: a sender is in one tenant",
                )


def _divided(mail: Mail, name: str, sender: Sender) -> Iterator[Problem]:
    """Refuse identities of further stacks, which come after the one that has the tenants."""
    for region in sender.regions:
        for identity in mail.identities.of_sender(sender, region):
            if mail.identities.by_name[identity].stack:
                yield Problem(
                    ("senders", name, "from"),
                    f"addresses of identities without the field stack, which {identity} has: a "
                    "tenant and its identities are in the region's first stack",
                    depends_on=(("domains",), ("addresses",)),
                )
                return
