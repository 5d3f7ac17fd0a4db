"""What puts a recipient of a configuration set's mail on the suppression list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings.models.mail import ConfigurationSet, Feedback, Mail
    from settings.models.senders import Category

SUPPRESSION: Mapping[Category, tuple[Feedback, ...]] = {
    "system": ("bounce",),
    "marketing": ("bounce", "complaint"),
}
"""What puts a recipient on the suppression list, by the kind of mail."""


def suppression(
    mail: Mail, declared: ConfigurationSet, categories: Collection[Category]
) -> tuple[Feedback, ...]:
    """Return what the set says, or else what follows from the categories of its senders.

    Where both kinds of mail share a set, what stops either stops both. A set without senders
    follows the account's own setting.
    """
    if declared.suppression is not None:
        return declared.suppression
    if not categories:
        return mail.suppression
    return tuple(sorted({reason for category in categories for reason in SUPPRESSION[category]}))
