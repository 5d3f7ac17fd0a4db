"""Tenants of SES: senders whose reputation and pauses are kept apart from everybody else's."""

from __future__ import annotations

from typing import Literal

from settings.models.base import Model
from settings.models.senders import Category

Pause = Literal["standard", "strict", "none"]


class Tenant(Model):
    """Senders that SES judges, and pauses, together and apart from all others.

    <https://docs.aws.amazon.com/ses/latest/dg/tenants.html>
    """

    category: Category | None = None
    """Every sender of this category that names no other tenant is in it."""
    pause: Pause = "standard"
    """SES pauses the tenant's mail at a severe finding, at any finding, or at none by itself."""
