"""What each backup tool may do with a bucket: the least that its own manual asks for.

Large objects need no action of their own. Whoever may put an object may start, fill and complete a
multipart upload of it, and who started one may list its parts and abort it without a grant:
<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, assert_never

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from settings.models.backup import (
    BackupUser,
    FilesUser,
    PgBackRestUser,
    ReadOnlyUser,
    ResticUser,
)

LIST, LOCATE = "s3:ListBucket", "s3:GetBucketLocation"
PUT, GET, DELETE = "s3:PutObject", "s3:GetObject", "s3:DeleteObject"


class Tool(StrEnum):
    """A tool, as far as its permissions are its own."""

    FILES = "files"
    PGBACKREST = "pgbackrest"
    RESTIC = "restic"
    RESTIC_APPEND_ONLY = "restic-append-only"
    READ_ONLY = "read-only"

    @classmethod
    def of(cls, user: BackupUser) -> Tool:
        """Return the tool that the file gives a user."""
        match user:
            case FilesUser():
                return cls.FILES
            case PgBackRestUser():
                return cls.PGBACKREST
            case ResticUser():
                return cls.RESTIC_APPEND_ONLY if user.append_only else cls.RESTIC
            case ReadOnlyUser():
                return cls.READ_ONLY
            case _:
                assert_never(user)


@dataclass(frozen=True)
class Permissions:
    """The actions of one tool, below its prefix. Every tool lists the bucket there."""

    objects: Mapping[str, tuple[str, ...]]
    """Actions by the objects that they are allowed on: a pattern of names below the prefix."""
    bucket: tuple[str, ...] = ()
    """Actions on the bucket besides listing it, which no prefix can limit."""
    lists_top: bool = False
    """Whether it looks for its prefix from the top of the bucket, one level deep."""


TOOLS: Mapping[Tool, Permissions] = {
    # `aws s3 cp` and `aws s3 sync --delete`, of files and of what a database's dump writes.
    # https://repost.aws/knowledge-center/s3-access-denied-listobjects-sync
    Tool.FILES: Permissions({"*": (PUT, GET, DELETE)}),
    # The manual's sample policy. It also allows object tags and versions, which only the options
    # repo-s3-tag and repo-target-time use. https://pgbackrest.org/user-guide.html#s3-support
    Tool.PGBACKREST: Permissions({"*": (PUT, GET, DELETE)}, lists_top=True),
    # https://restic.readthedocs.io/en/stable/080_examples.html#creating-a-user
    # Before 0.15 it cannot `init` below a prefix: it asks for the whole bucket, and gives up when
    # refused. https://github.com/restic/restic/issues/4085
    Tool.RESTIC: Permissions({"*": (PUT, GET, DELETE)}, bucket=(LOCATE,)),
    # Every command takes a lock, a file below locks/, and removes it at its end: the one thing that
    # it has to delete. https://restic.readthedocs.io/en/stable/100_references.html#locks
    Tool.RESTIC_APPEND_ONLY: Permissions({"*": (PUT, GET), "locks/*": (DELETE,)}, bucket=(LOCATE,)),
    # What any of the others needs to restore. (restic then wants --no-lock.)
    Tool.READ_ONLY: Permissions({"*": (GET,)}),
}


@dataclass(frozen=True)
class ToolGrant:
    """What users of the same bucket share when they are equal: a tool and where it works."""

    tool: Tool
    prefix: str | None

    @classmethod
    def of(cls, user: BackupUser) -> Self:
        """Return what the file gives a user."""
        return cls(Tool.of(user), user.prefix)

    @property
    def name(self) -> str:
        """The name of the grant among those of a bucket: `files`, `pgbackrest-main`."""
        return "-".join(filter(None, (self.tool, self.prefix)))

    def statements(self, bucket: s3.IBucket) -> Iterator[iam.PolicyStatement]:
        """Yield what a policy has to allow."""
        tool = TOOLS[self.tool]
        for conditions in self._listings():
            yield iam.PolicyStatement(
                actions=[LIST], resources=[bucket.bucket_arn], conditions=conditions
            )
        if tool.bucket:
            yield iam.PolicyStatement(actions=[*tool.bucket], resources=[bucket.bucket_arn])
        for pattern, actions in self.patterns().items():
            yield iam.PolicyStatement(
                actions=[*actions], resources=[bucket.arn_for_objects(pattern)]
            )

    def patterns(self) -> dict[str, tuple[str, ...]]:
        """Return the actions by the pattern of the objects' whole names."""
        below = f"{self.prefix}/" if self.prefix else ""
        return {below + names: actions for names, actions in TOOLS[self.tool].objects.items()}

    def _listings(self) -> Iterator[dict[str, object]]:
        """Yield the conditions of each way to list, of which none is the whole bucket's."""
        if self.prefix is None:
            yield {}
            return
        if TOOLS[self.tool].lists_top:
            top = {"s3:prefix": ["", self.prefix], "s3:delimiter": ["/"]}
            yield {"StringEquals": top}
        yield {"StringLike": {"s3:prefix": [f"{self.prefix}/*"]}}
