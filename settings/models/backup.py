"""The backup part of the configuration: buckets, their lifecycle, and the users that fill them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.credentials import Credentials
from settings.models.drills import Drill
from settings.values.addresses import EmailAddress
from settings.values.durations import Seconds
from settings.values.names import BucketName, IamUserName, Label, ObjectPrefix, Region
from settings.values.regions import DEFAULT_REGION
from settings.values.tags import TagKey, TagValue

Days = Annotated[int, Field(ge=1, le=36_500)]


class _BackupUser(Model):
    credentials: Credentials = Credentials()
    """Its access key."""


class FilesUser(_BackupUser):
    """Copies files and dumps: lists the bucket; puts, gets and deletes its objects."""

    tool: Literal["files"]
    """What fills the bucket."""
    prefix: ObjectPrefix | None = None
    """The part of the bucket that it is kept to; the whole bucket unless named."""


class PgBackRestUser(_BackupUser):
    """Runs pgBackRest, below a prefix of its own."""

    tool: Literal["pgbackrest"]
    """What fills the bucket."""
    prefix: ObjectPrefix
    """The part of the bucket that it is kept to, as in pgBackRest's `repo-path`."""


class ResticUser(_BackupUser):
    """Runs restic; with `append_only` it cannot remove what was backed up."""

    tool: Literal["restic"]
    """What fills the bucket."""
    prefix: ObjectPrefix | None = None
    """The part of the bucket that it is kept to; the whole bucket unless named.

    Below one, only restic 0.15 or newer can `init` a repository; any restic can use it.
    """
    append_only: bool = False
    """It adds, and removes nothing but its own locks. What it overwrites stays as a version."""


class ReadOnlyUser(_BackupUser):
    """Restores, and changes nothing."""

    tool: Literal["read-only"]
    """What reads the bucket."""
    prefix: ObjectPrefix | None = None
    """The part of the bucket that it is kept to; the whole bucket unless named."""
    drill: Drill | None = None
    """Restores another user's backups to prove them. It may then also record how that ended."""


BackupUser = Annotated[
    FilesUser | PgBackRestUser | ResticUser | ReadOnlyUser, Field(discriminator="tool")
]


def drills(users: Mapping[str, BackupUser]) -> dict[str, Drill]:
    """Return the drills of a bucket, by the user that does each."""
    return {
        name: user.drill
        for name, user in users.items()
        if isinstance(user, ReadOnlyUser) and user.drill
    }


class ObjectLock(Model):
    """Nobody deletes or overwrites an object version before its time."""

    days: Days
    """For how many days nobody can delete or overwrite a version."""
    mode: Literal["governance", "compliance"] = "governance"
    """In governance mode a person with the permission to bypass it still can."""


class Bucket(Model):
    """A bucket for backups: private, encrypted, over TLS only, kept when removed from the file."""

    region: Region = DEFAULT_REGION
    """Where the bucket is, best nearest to the server; the file's `region` unless named."""
    expire_after_days: Days | None = None
    """Delete objects this many days after they arrived; never unless named."""
    abort_uploads_after_days: Days = 7
    """Delete the parts of uploads that were begun and not finished."""
    versioned: bool = False
    """Keep what is overwritten or deleted."""
    noncurrent_expire_after_days: Days | None = None
    """With versions: how long a replaced or deleted object can be brought back."""
    object_lock: ObjectLock | None = None
    """Keep every version for a time: nobody can delete it before."""
    keep_data: bool = False
    """Refuse to approve what deletes its objects, earlier too, or opens it to everybody."""
    expect_every: Seconds | None = None
    """Raise an alarm when no object arrived for this long: whole hours, from 1h to 7d."""
    notify: tuple[EmailAddress, ...] = ()
    """Who gets the bucket's alarms."""
    users: Mapping[IamUserName, BackupUser] = {}
    """IAM users by name, each with the access that its tool needs."""
    tags: Annotated[Mapping[TagKey, TagValue], Field(max_length=10)] = {}
    """On this bucket, besides the file's own `tags`, over which they go. 10 at most."""
    stack: Label | None = None
    """A further stack for this bucket, once its stack nears CloudFormation's 500 resources."""

    @property
    def keeps_versions(self) -> bool:
        """Object Lock protects versions, and turns them on."""
        return self.versioned or self.object_lock is not None

    def problems(self) -> Iterator[Problem]:
        """Compare the lifecycle with the tools and the versions that it has to fit."""
        yield from self._problems_of_tools()
        yield from self._problems_of_versions()
        yield from self._problems_of_alarms()
        yield from self._problems_of_drills()

    def _problems_of_tools(self) -> Iterator[Problem]:
        for name, user in self.users.items():
            if isinstance(user, PgBackRestUser) and self.expire_after_days:
                yield Problem(
                    ("expire_after_days",),
                    f"nothing, since {name} runs pgBackRest, which expires its own backups "
                    "(repo-retention-full): an object removed behind its back breaks a restore",
                )
            if isinstance(user, ResticUser) and user.append_only and not self.keeps_versions:
                yield Problem(
                    ("users", name, "append_only"),
                    "requires versioned: true (or object_lock) for the bucket: whoever may add an "
                    "object may overwrite one, and only versions keep what it held",
                )

    def _problems_of_versions(self) -> Iterator[Problem]:
        expiry, lock = self.expire_after_days, self.object_lock
        if self.noncurrent_expire_after_days and not self.keeps_versions:
            yield Problem(("noncurrent_expire_after_days",), "requires versioned: true")
        if expiry and self.keeps_versions and not self.noncurrent_expire_after_days:
            yield Problem(
                ("expire_after_days",),
                "requires noncurrent_expire_after_days: with versions, what expires is "
                "only hidden, and would be kept and paid for without end",
            )
        if lock and expiry and expiry < lock.days:
            yield Problem(("expire_after_days",), f"at least the {lock.days} days of object_lock")

    def _problems_of_alarms(self) -> Iterator[Problem]:
        seconds = self.expect_every
        if seconds and (seconds % 3600 or not 3600 <= seconds <= 7 * 86_400):
            yield Problem(
                ("expect_every",), "whole hours, from 1h to 7d: CloudWatch looks back no further"
            )
        if seconds and not self.notify:
            yield Problem(
                ("expect_every",),
                "requires notify: nobody would get the alarm",
            )

    def _problems_of_drills(self) -> Iterator[Problem]:
        for name, user in self.users.items():
            if isinstance(user, ReadOnlyUser) and (drill := user.drill):
                path = ("users", name, "drill")
                for field, message in self._faults_of(user, drill):
                    yield Problem((*path, field), message)
                if not self.notify:
                    message = "requires notify for the bucket: nobody would get the alarm"
                    yield Problem(path, message)

    def _faults_of(self, reader: ReadOnlyUser, drill: Drill) -> Iterator[tuple[str, str]]:
        writer = self.users.get(drill.of)
        if writer is None or isinstance(writer, ReadOnlyUser):
            yield "of", "a user of the same bucket that writes backups"
            return
        if reader.prefix is not None and reader.prefix != writer.prefix:
            yield "of", f"a user with the prefix {reader.prefix}: nothing else can be read"
        if not isinstance(writer, PgBackRestUser):
            for field in sorted({"stanza", "database", "query"} & drill.model_fields_set):
                yield field, f"left out: {drill.of} does not run pgBackRest"


class Backup(Model):
    """Buckets by name. A bucket's name is unique in all of AWS."""

    buckets: Mapping[BucketName, Bucket] = {}
    """Buckets by name, unique in all of AWS."""
