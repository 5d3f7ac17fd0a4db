"""The whole configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.access import Access
from settings.backup import Backup
from settings.base import Model, Problem
from settings.data import Data
from settings.mail import Mail
from settings.names import AccountId, Label, Region, TagKey, TagValue
from settings.regions import DEFAULT_REGION
from settings.risks import AcceptedRisk

MOST_REGIONS = 6
"""The roles' policies name each region's stacks, and end at IAM's 6,144 characters."""


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
    access: Access | None = None
    """Roles that keep preparing and executing changes apart, and the records of both."""
    accepted_risks: tuple[AcceptedRisk, ...] = ()

    @property
    def regions(self) -> list[str]:
        """Return every region in which there is a stack, or where one would come by default."""
        places = (*self.mail.places(), *self.data.places(), *self.backup.places())
        return sorted({self.region, *(region for region, _ in places)})

    @property
    def records_bucket(self) -> str:
        """Return the name of the bucket that `access` keeps records in: known without a look-up."""
        return self.named(f"groundwork-records-{self.account}-{self.region}")

    def named(self, name: str) -> str:
        """Put the environment before a name that the account knows once."""
        return f"{self.environment}-{name}" if self.environment else name

    def problems(self) -> Iterator[Problem]:
        """Compare the areas with each other."""
        yield from self._problems_of_access()
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

    def _problems_of_access(self) -> Iterator[Problem]:
        if not self.access:
            return
        spare = 63 - len(self.records_bucket)
        if self.environment and spare < 0:
            yield Problem(
                ("environment",),
                f"at most {len(self.environment) + spare} characters with access: it becomes part "
                "of a bucket's name",
            )
        if len(self.regions) > MOST_REGIONS:
            yield Problem(
                ("access",),
                f"nothing in a file with more than {MOST_REGIONS} regions, whose stacks no policy "
                "of IAM can name: use a file with an environment of its own for some of them",
                key=True,
            )
