"""The whole configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from settings.models.access import Access
from settings.models.backup import Backup
from settings.models.base import Model, Problem
from settings.models.data import Data
from settings.models.mail import Mail
from settings.models.naming import naming_problems
from settings.models.risks import AcceptedRisk
from settings.models.services import Service
from settings.values.names import AccountId, Label, Region
from settings.values.regions import DEFAULT_REGION
from settings.values.tags import TagKey, TagValue

MOST_REGIONS = 5
"""The roles' policies name each region's stacks, and end at IAM's 6,144 characters."""


class Settings(Model):
    """One account and environment, as its file declares it."""

    account: AccountId
    """The account's 12 digits, between quotes. Nothing is deployed to any other."""
    environment: Label | None = None
    """Where one account holds several environments: put before the name of every stack, database,
    topic, tenant, role and IAM user.

    Identities, configuration sets, security groups and backup buckets keep the names of the file.
    """
    region: Region = DEFAULT_REGION
    """The region of every item that names none."""
    tags: Annotated[Mapping[TagKey, TagValue], Field(max_length=40)] = {}
    """On every resource that takes tags. 40 at most: AWS allows 50, and items add some."""
    mail: Mail = Mail()
    """Identities, configuration sets and senders."""
    data: Data = Data()
    """Networks, security groups and databases."""
    backup: Backup = Backup()
    """Buckets for backups."""
    services: Mapping[Label, Service] = {}
    """Container services on ECS by a name of one's own: who hears of one that is saturated."""
    access: Access | None = None
    """Roles that keep preparing and executing changes apart, and the records of both."""
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    """Findings of the checks that the team lives with, each until a day."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is declared that would be deployed."""
        return not (
            self.mail.is_declared
            or self.data.networks
            or self.backup.buckets
            or self.services
            or self.access
        )

    @property
    def regions(self) -> list[str]:
        """Return every region in which there is a stack, or where one would come by default."""
        networks = {network.region for network in self.data.networks.values()}
        buckets = {bucket.region for bucket in self.backup.buckets.values()}
        services = {service.region for service in self.services.values()}
        return sorted({self.region, *self.mail.regions, *networks, *buckets, *services})

    @property
    def state_machine(self) -> str:
        """Return the name of the state machine that executes what was approved."""
        return self.named("groundwork-execution")

    @property
    def guarding_machine(self) -> str:
        """Return the name of the state machine that guards what a stopped execution left."""
        return self.named("groundwork-guards")

    @property
    def records_bucket(self) -> str:
        """Return the name of the bucket that `access` keeps records in: known without a look-up."""
        return self.named(f"groundwork-records-{self.account}-{self.region}")

    @property
    def trail(self) -> str:
        """Return the name of the trail that `access` may ask for."""
        return self.named("groundwork")

    @property
    def trail_bucket(self) -> str:
        """Return the name of the bucket of the trail's files: known without a look-up."""
        return self.named(f"groundwork-trail-{self.account}-{self.region}")

    def named(self, name: str) -> str:
        """Put the environment before a name that the account knows once."""
        return f"{self.environment}-{name}" if self.environment else name

    def problems(self) -> Iterator[Problem]:
        """Compare the areas with each other."""
        yield from self._problems_of_access()
        yield from self._problems_of_readers()
        yield from naming_problems(self)
        seen: set[tuple[str, str]] = set()
        for index, risk in enumerate(self.accepted_risks):
            if (risk.rule, risk.on) in seen:
                yield Problem(
                    ("accepted_risks", index),
                    "unique: an entry above has the same rule and place",
                    depends_on=(),
                )
            seen.add((risk.rule, risk.on))

    def _problems_of_readers(self) -> Iterator[Problem]:
        """Secrets are under AWS's own key, and policies of one's own account: none for another."""
        roles = (((*named.place, "roles"), each.roles) for named, each in self.data.consumers())
        for path, readers in (*self.readers(), *roles):
            for index, reader in enumerate(readers):
                if reader.split(":")[4] != self.account:
                    yield Problem((*path, index), f"a role of the file's account, {self.account}")

    def readers(self) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Yield the roles that may read each secret, with their place in the file."""
        for name, sender in self.mail.senders.items():
            path = ("mail", "senders", name, "credentials", "readers")
            yield path, sender.credentials.readers
        for name, database in self.data.databases.items():
            yield ("data", "databases", name, "readers"), database.readers
        for named, consumer in self.data.consumers():
            yield (*named.place, "credentials", "readers"), consumer.credentials.readers
        for name, bucket in self.backup.buckets.items():
            for user, item in bucket.users.items():
                users = ("backup", "buckets", name, "users")
                yield (*users, user, "credentials", "readers"), item.credentials.readers

    def _problems_of_groups(self, access: Access) -> Iterator[Problem]:
        """An item may be gone from the file: it is its removal that a group has to approve."""
        for name, group in access.groups.items():
            for index, item in enumerate(group.items):
                area, *kind = item.split("/")[:2]
                kinds = getattr(type(getattr(self, area)), "model_fields", {})
                if kind and kinds and kind[0] not in kinds:
                    yield Problem(
                        ("access", "groups", name, "items", index),
                        f"{area} or, below it, one of {', '.join(sorted(kinds))}",
                    )

    def _problems_of_access(self) -> Iterator[Problem]:
        if not self.access:
            return
        yield from self._problems_of_groups(self.access)
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
