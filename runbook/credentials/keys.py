"""The age and the last use of every key and password that the file declares, as AWS knows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.names import Kind
from runbook.base.outputs import NOT_DEPLOYED, Outputs
from settings import Settings
from settings.contract import Output

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import AccessKeyMetadataTypeDef

    from settings.models.credentials import Credentials

NO_KEY = "no key yet"
AT_ONCE = 8
"""Items that are asked for at the same time: IAM throttles whoever asks for more."""


@dataclass(frozen=True)
class Key:
    """One access key, or a database's password. Its secret part is not read."""

    id: str
    made: datetime
    used: datetime | None
    """The last use that AWS noticed; it may be hours behind."""

    def days(self, now: datetime) -> int:
        """Return its age."""
        return (now - self.made).days


@dataclass(frozen=True)
class Entry:
    """The credentials of one item of the file."""

    name: str
    kind: Kind
    version: int | None
    """The number in the file; None of a database, which has none."""
    readers: Sequence[str]
    current: Key | None
    """None where the item has none yet."""
    previous: Key | None = None
    """The key before it, which works until the next renewal."""
    lack: str = NOT_DEPLOYED
    """What it is without a current key or password."""


Asking = Callable[[], Entry]
"""One question to AWS, asked beside the others."""


def entries(settings: Settings, *kinds: Kind) -> list[Entry]:
    """Ask AWS about the credentials of every item, or of those of some kinds."""
    wanted = [items for kind, items in ITEMS.items() if kind in (kinds or ITEMS)]
    asked = [item for items in wanted for item in items(settings)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [answer.result() for answer in [pool.submit(item) for item in asked]]


def _senders(settings: Settings) -> Iterator[Asking]:
    iam = _iam(settings)
    for name, sender in settings.mail.senders.items():
        yield partial(_of_user, iam, settings, name, Kind.SENDER, sender.credentials)


def _backup_users(settings: Settings) -> Iterator[Asking]:
    iam = _iam(settings)
    for bucket in settings.backup.buckets.values():
        for name, user in bucket.users.items():
            yield partial(_of_user, iam, settings, name, Kind.BACKUP_USER, user.credentials)


def _databases(settings: Settings) -> Iterator[Asking]:
    outputs = Outputs(settings, Output.DATABASE_SECRET)
    for name, declared in settings.data.databases.items():
        secret = outputs.get(Output.DATABASE_SECRET, name)
        lack = outputs.lack(Output.DATABASE_SECRET, name)
        entry = Entry(name, Kind.DATABASE, None, declared.readers, None, lack=lack)
        yield partial(_of_secret, secret, entry)


def _consumers(settings: Settings) -> Iterator[Asking]:
    outputs = Outputs(settings, Output.CONSUMER_SECRET)
    for named, declared in settings.data.consumers():
        login = declared.credentials
        entry = Entry(str(named), Kind.CONSUMER, login.version, login.readers, None)
        yield partial(_of_secret, outputs.get(Output.CONSUMER_SECRET, str(named)), entry)


def _of_user(
    iam: IAMClient, settings: Settings, name: str, kind: Kind, declared: Credentials
) -> Entry:
    user = settings.named(name)
    try:
        found, lack = iam.list_access_keys(UserName=user)["AccessKeyMetadata"], NO_KEY
    except iam.exceptions.NoSuchEntityException:
        found, lack = [], NOT_DEPLOYED
    keys = sorted((_key(iam, item) for item in found), key=lambda key: key.made, reverse=True)
    current, previous = [*keys, None, None][:2]
    return Entry(name, kind, declared.version, declared.readers, current, previous, lack)


def _key(iam: IAMClient, item: AccessKeyMetadataTypeDef) -> Key:
    identifier = item["AccessKeyId"]
    used = iam.get_access_key_last_used(AccessKeyId=identifier)["AccessKeyLastUsed"]
    return Key(identifier, item["CreateDate"], used.get("LastUsedDate"))


def _of_secret(secret: str | None, entry: Entry) -> Entry:
    """Add how old the password in a secret is."""
    current = None
    if secret:
        region = secret.split(":")[3]
        client = boto3.client("secretsmanager", region_name=region, config=aws.CONFIG)
        try:
            found = client.describe_secret(SecretId=secret)
        except ClientError:
            return entry
        made = found.get("LastChangedDate", found["CreatedDate"])
        current = Key("", made, found.get("LastAccessedDate"))
    return replace(entry, current=current)


def _iam(settings: Settings) -> IAMClient:
    return boto3.client("iam", region_name=settings.region, config=aws.CONFIG)


ITEMS = {
    Kind.SENDER: _senders,
    Kind.BACKUP_USER: _backup_users,
    Kind.DATABASE: _databases,
    Kind.CONSUMER: _consumers,
}
"""Who has credentials, and how AWS is asked about them."""
