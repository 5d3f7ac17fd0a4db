"""What each backup tool may do with a bucket: the least that its own manual asks for.

Large objects need no action of their own. Whoever may put an object may start, fill and complete a
multipart upload of it, and who started one may list its parts and abort it without a grant:
<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_s3 import IBucket

from settings.models.backup import BackupUser, ResticUser

LIST, LOCATE = "s3:ListBucket", "s3:GetBucketLocation"
PUT, GET, DELETE = "s3:PutObject", "s3:GetObject", "s3:DeleteObject"


@dataclass(frozen=True)
class Tool:
    """The actions of one tool, below its prefix. Every tool lists the bucket there."""

    objects: Mapping[str, tuple[str, ...]]
    """Actions by the objects that they are allowed on: a pattern of names below the prefix."""
    bucket: tuple[str, ...] = ()
    """Actions on the bucket besides listing it, which no prefix can limit."""
    lists_top: bool = False
    """Whether it looks for its prefix from the top of the bucket, one level deep."""


TOOLS: Mapping[str, Tool] = {
    # `aws s3 cp` and `aws s3 sync --delete`, of files and of what a database's dump writes.
    # https://repost.aws/knowledge-center/s3-access-denied-listobjects-sync
    "files": Tool({"*": (PUT, GET, DELETE)}),
    # The manual's sample policy. It also allows object tags and versions, which only the options
    # repo-s3-tag and repo-target-time use. https://pgbackrest.org/user-guide.html#s3-support
    "pgbackrest": Tool({"*": (PUT, GET, DELETE)}, lists_top=True),
    # https://restic.readthedocs.io/en/stable/080_examples.html#creating-a-user
    # Before 0.15 it cannot `init` below a prefix: it asks for the whole bucket, and gives up when
    # refused. https://github.com/restic/restic/issues/4085
    "restic": Tool({"*": (PUT, GET, DELETE)}, bucket=(LOCATE,)),
    # Every command takes a lock, a file below locks/, and removes it at its end: the one thing that
    # it has to delete. https://restic.readthedocs.io/en/stable/100_references.html#locks
    "restic-append-only": Tool({"*": (PUT, GET), "locks/*": (DELETE,)}, bucket=(LOCATE,)),
    # What any of the others needs to restore. (restic then wants --no-lock.)
    "read-only": Tool({"*": (GET,)}),
}


@dataclass(frozen=True)
class Access:
    """What users of the same bucket share when they are equal: a tool and where it works."""

    tool: str
    prefix: str | None

    @classmethod
    def of(cls, user: BackupUser) -> Self:
        """Return the access that the file gives a user."""
        append_only = isinstance(user, ResticUser) and user.append_only
        return cls(f"{user.tool}-append-only" if append_only else user.tool, user.prefix)

    @property
    def name(self) -> str:
        """The name of the access among those of a bucket: `files`, `pgbackrest-main`."""
        return "-".join(filter(None, (self.tool, self.prefix)))

    def statements(self, bucket: IBucket) -> Iterator[PolicyStatement]:
        """Yield what a policy has to allow."""
        tool = TOOLS[self.tool]
        for conditions in self._listings():
            yield PolicyStatement(
                actions=[LIST], resources=[bucket.bucket_arn], conditions=conditions
            )
        if tool.bucket:
            yield PolicyStatement(actions=[*tool.bucket], resources=[bucket.bucket_arn])
        for pattern, actions in self.patterns().items():
            yield PolicyStatement(actions=[*actions], resources=[bucket.arn_for_objects(pattern)])

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
