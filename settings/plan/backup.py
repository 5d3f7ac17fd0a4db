"""What each backup stack holds: buckets and their users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings.contract import Output

if TYPE_CHECKING:
    from settings.models.backup import BackupUser, Bucket
    from settings.models.settings import Settings


@dataclass(frozen=True)
class UserItem:
    """A user of a bucket."""

    declared: BackupUser
    user: str
    """The name of its IAM user, which the account knows once."""


@dataclass(frozen=True)
class BucketItem:
    """A bucket with its users by name."""

    declared: Bucket
    users: Mapping[str, UserItem]


@dataclass(frozen=True)
class BackupItems:
    """What one backup stack holds, by name."""

    buckets: Mapping[str, BucketItem]

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack."""
        for bucket in self.buckets.values():
            for name in bucket.users:
                yield Output.USER_SECRET, name


def backup_items(settings: Settings) -> Iterator[tuple[str, str, BackupItems]]:
    """Yield region, part and items of every backup stack, in order."""
    found: dict[tuple[str, str], dict[str, BucketItem]] = {}
    for name, bucket in settings.backup.buckets.items():
        users = {user: UserItem(item, settings.named(user)) for user, item in bucket.users.items()}
        place = (bucket.region, bucket.stack or "")
        found.setdefault(place, {})[name] = BucketItem(bucket, users)
    for (region, part), buckets in sorted(found.items(), key=lambda entry: entry[0]):
        yield region, part, BackupItems(buckets)
