"""The register of senders: who sends, as whom, how much, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from settings.base import Model, Problem
from settings.credentials import Credentials
from settings.identities import ConfigurationSetName, Regions
from settings.names import EmailAddress, Label, Matching, RecipientPattern, SenderPattern
from settings.regions import DEFAULT_REGION

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653
]


class Volume(Model):
    """The mail that a sender expects to send, in recipients."""

    daily: Annotated[int, Field(ge=1)]
    monthly: Annotated[int, Field(ge=1)]

    def problems(self) -> Iterator[Problem]:
        """A day's mail is part of its month's."""
        if self.monthly < self.daily:
            yield Problem(("monthly",), f"at least the daily volume, {self.daily}")


class Sender(Model):
    """One application that sends mail, as the register knows it."""

    regions: Regions = (DEFAULT_REGION,)
    from_addresses: Annotated[tuple[SenderPattern, ...], Field(min_length=1, alias="from")]
    """The From addresses it may use; * and ? stand before the @ only."""
    category: Literal["system", "marketing"]
    contact: EmailAddress
    cost_center: Annotated[
        str,
        Matching(r"[\w .:/=+@-]{1,256}", "letters, digits, spaces and _.:/=+-@, between quotes"),
    ]
    approval: Annotated[
        str, Matching(r"[\w .:/=+@-]{1,256}", "the reference of the approval, as in OPS-42")
    ]
    volume: Volume
    attachments: bool = False
    bounces_to: tuple[EmailAddress, ...] = ()
    """Who is told of hard bounces of this sender's addresses."""
    delivery_logs: bool = False
    delivery_logs_days: RetentionDays = 90
    configuration_set: ConfigurationSetName | None = None
    only_to: tuple[RecipientPattern, ...] = ()
    """A test environment's sender reaches these recipients and nobody else."""
    credentials: Credentials = Credentials()
    stack: Label | None = None
    """A further stack for this sender, once the mail stack nears CloudFormation's 500 resources."""
