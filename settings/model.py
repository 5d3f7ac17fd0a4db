"""The whole configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.backup import Backup
from settings.base import Model, Problem
from settings.data import Data
from settings.mail import Mail
from settings.names import AccountId, Label, Region, TagKey, TagValue
from settings.regions import DEFAULT_REGION
from settings.risks import AcceptedRisk


class Settings(Model):
    """One account and environment, as its file declares it."""

    account: AccountId
    environment: Label | None = None
    """Put before every stack's name, where one account holds several environments."""
    region: Region = DEFAULT_REGION
    """The region of every item that names none."""
    tags: Mapping[TagKey, TagValue] = {}
    """On every resource that takes tags."""
    mail: Mail = Mail()
    data: Data = Data()
    backup: Backup = Backup()
    accepted_risks: tuple[AcceptedRisk, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Compare the areas with each other."""
        users = {user for bucket in self.backup.buckets.values() for user in bucket.users}
        for name in self.mail.senders:
            if name in users:
                yield Problem(
                    ("mail", "senders", name),
                    "a name of its own: a backup user has this one, and both are IAM users",
                    key=True,
                )
        seen: set[tuple[str, str]] = set()
        for index, risk in enumerate(self.accepted_risks):
            if (risk.rule, risk.on) in seen:
                yield Problem(
                    ("accepted_risks", index),
                    "one entry for a rule and place: this one stands above already",
                )
            seen.add((risk.rule, risk.on))
