"""Tenants of SES: senders whose reputation and pauses are kept apart from everybody else's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from settings.models.base import Model, Problem
from settings.models.senders import Category, Sender

if TYPE_CHECKING:
    from settings.models.mail import Mail

Pause = Literal["standard", "strict", "none"]


class Tenant(Model):
    """Senders that SES judges, and pauses, together and apart from all others.

    <https://docs.aws.amazon.com/ses/latest/dg/tenants.html>
    """

    category: Category | None = None
    """Every sender of this category that names no other tenant is in it."""
    pause: Pause = "standard"
    """SES pauses the tenant's mail at a severe finding, at any finding, or at none by itself."""


def tenant_of(mail: Mail, sender: Sender) -> str | None:
    """Return the tenant that a sender names, or else the one of its category."""
    if sender.tenant:
        return sender.tenant
    return next(
        (name for name, tenant in mail.tenants.items() if tenant.category == sender.category), None
    )


def senders_of(mail: Mail, tenant: str) -> dict[str, Sender]:
    """Return the senders of a tenant, by name."""
    return {
        name: sender for name, sender in mail.senders.items() if tenant_of(mail, sender) == tenant
    }


def tenant_problems(mail: Mail) -> Iterator[Problem]:
    """Compare tenants with each other, with their senders and the identities of these."""
    yield from _categories(mail.tenants)
    for name in mail.tenants:
        if not senders_of(mail, name):
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
        elif tenant_of(mail, sender):
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
