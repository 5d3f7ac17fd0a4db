"""The register of senders: who sends, as whom, how much, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.credentials import Credentials
from settings.models.identities import ConfigurationSetName, Regions
from settings.values.addresses import EmailAddress, RecipientPattern, SenderPattern
from settings.values.matching import Matching
from settings.values.names import Label
from settings.values.regions import DEFAULT_REGION
from settings.values.tags import RegisterEntry

Category = Literal["system", "marketing"]
RetentionDays = Literal[
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
]

Contact = Annotated[
    EmailAddress,
    Matching(r"[\w.:/=+@-]*", "an address of letters, digits and _.:/=+-@: it becomes a tag"),
]


TAGS = frozenset(
    {
        "approval",
        "attachments",
        "category",
        "contact",
        "cost-center",
        "daily-volume",
        "monthly-volume",
    }
)
"""The keys of the tags that a sender's user has from its entry."""


class Volume(Model):
    """The mail that a sender expects to send, in recipients."""

    daily: Annotated[int, Field(ge=1)]
    """Recipients in 24 hours."""
    monthly: Annotated[int, Field(ge=1)]
    """Recipients in a month."""

    def problems(self) -> Iterator[Problem]:
        """A day's mail is part of its month's."""
        if self.monthly < self.daily:
            yield Problem(("monthly",), f"at least the daily volume, {self.daily}")


class Sender(Model):
    """One application that sends mail, as the register knows it."""

    regions: Regions = (DEFAULT_REGION,)
    """Where it sends; the file's `region` unless named."""
    from_addresses: Annotated[tuple[SenderPattern, ...], Field(min_length=1, alias="from")]
    """The From addresses it may use; * and ? stand before the @ only."""
    category: Category
    """Marketing mail stops at a complaint as well as at a bounce."""
    contact: Contact
    """Who answers for this sender."""
    cost_center: RegisterEntry
    """Who pays for it."""
    approval: RegisterEntry
    """The reference of its approval."""
    volume: Volume
    """An alarm tells when a day brings more than was approved."""
    attachments: bool = False
    """Whether it sends attachments."""
    bounces_to: tuple[EmailAddress, ...] = ()
    """Who gets the hard bounces of this sender's mail."""
    delivery_logs: bool = False
    """Log what becomes of each message, its recipients and subject included."""
    delivery_logs_days: RetentionDays = 90
    """How long an entry of the delivery log is kept."""
    configuration_set: ConfigurationSetName | None = None
    """The set that its mail goes through, named in a header; its identity's unless named here.

    Suppression, bounces, volume and logs are those of the set.
    """
    tenant: Label | None = None
    """The tenant that its mail is sent in, named in a header; its category's unless named here."""
    only_to: Annotated[tuple[RecipientPattern, ...], Field(min_length=1)] | None = None
    """A test environment's sender reaches these recipients and nobody else."""
    credentials: Credentials = Credentials()
    """Its SMTP user name and password."""
    stack: Label | None = None
    """A further stack for this sender, once the mail stack nears CloudFormation's 500 resources."""

    @property
    def tags(self) -> dict[str, str]:
        """What the register knows of the sender, as the tags of its user."""
        return {
            "approval": self.approval,
            "attachments": "yes" if self.attachments else "no",
            "category": self.category,
            "contact": self.contact,
            "cost-center": self.cost_center,
            "daily-volume": str(self.volume.daily),
            "monthly-volume": str(self.volume.monthly),
        }
