"""Where reviews, approvals and executions are stored: in a bucket that the team sees.

The bucket of the access stack has versions and object lock, so that a record stays what it was.
An account without that stack has its records in a folder of the checkout instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import boto3
from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.changes.review import Approval, Execution, Review
from settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Record = TypeVar("Record", bound=BaseModel)


class Store(Protocol):
    """Stores texts by name."""

    @property
    def place(self) -> str:
        """Return where that is, as a person types it."""

    def write(self, name: str, text: str) -> None:
        """Save a text, never over another."""

    def read(self, name: str) -> str | None:
        """Return a text, or None when there is none of that name."""

    def names(self, start: str) -> Iterator[str]:
        """Yield the names that start so, in order."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine."""

    folder: Path

    @property
    def place(self) -> str:
        """Return the folder's path, as a person types it."""
        return str(self.folder)

    def write(self, name: str, text: str) -> None:
        """Write a file; never over another."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            raise UserError(f"{file} exists already. Records are never overwritten.") from None

    def read(self, name: str) -> str | None:
        """Read a file."""
        file = self.folder / name
        return file.read_text(encoding="utf-8") if file.exists() else None

    def names(self, start: str) -> Iterator[str]:
        """Yield the files below the folder."""
        for file in sorted(self.folder.rglob("*.json")):
            name = file.relative_to(self.folder).as_posix()
            if name.startswith(start):
                yield name


@dataclass(frozen=True)
class Bucket:
    """The bucket of the access stack."""

    client: S3Client
    bucket: str

    @property
    def place(self) -> str:
        """Return the bucket's address."""
        return f"s3://{self.bucket}"

    def write(self, name: str, text: str) -> None:
        """Put an object; S3 refuses it when there is one of that name."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=name,
                Body=text.encode(),
                ContentType="application/json",
                IfNoneMatch="*",
                # S3 wants a checksum with every object of a bucket that has object lock.
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            raise UserError(f"{self.place}/{name} cannot be written: {aws.reason(error)}") from None

    def read(self, name: str) -> str | None:
        """Get an object."""
        try:
            return self.client.get_object(Bucket=self.bucket, Key=name)["Body"].read().decode()
        except ClientError as error:
            if aws.code(error) == "NoSuchKey":
                return None
            raise UserError(f"{self.place}/{name} cannot be read: {aws.reason(error)}") from None

    def names(self, start: str) -> Iterator[str]:
        """Yield the objects' names, page by page."""
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=start):
            yield from (item["Key"] for item in page.get("Contents", ()))


class StoredReview(NamedTuple):
    """A review, and the digest of the very text that it was read from."""

    review: Review
    digest: str


def parse_review(text: str) -> StoredReview:
    """Read a review, with the digest of what was read."""
    return StoredReview(_parsed(Review, text), hashlib.sha256(text.encode()).hexdigest())


def _parsed(kind: type[Record], text: str | None) -> Record:
    """Read a record. One that is damaged, or of another version's making, is a fault."""
    try:
        return kind.model_validate_json(text or "")
    except ValidationError:
        noun = kind.__name__.lower()
        raise UserError(
            f"A record is damaged or from another version of Groundwork: not a valid {noun}.",
            "Prepare again.",
        ) from None


class Records:
    """Reviews by id, with their approvals and executions."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def save_review(self, review: Review) -> None:
        """Save a review."""
        self.store.write(f"reviews/{review.id}.json", review.text())

    def save_approval(self, approval: Approval) -> None:
        """Save an approval. A review has one."""
        name = f"approvals/{approval.review}.json"
        if self.store.read(name) is not None:
            raise UserError(
                f"Review {approval.review} is already approved.",
                f"Execute it: groundwork changes execute {approval.review}",
            )
        self.store.write(name, approval.model_dump_json(indent=2) + "\n")

    def save_execution(self, execution: Execution) -> None:
        """Save what was executed, and how it ended."""
        moment = f"{execution.executed_at:%Y%m%dT%H%M%S}"
        name = f"executions/{execution.review}/{moment}.json"
        self.store.write(name, execution.model_dump_json(indent=2) + "\n")

    def review(self, identifier: str | None) -> StoredReview:
        """Return a review, the newest unless named. The start of its id is enough."""
        found = [name.split("/")[1].removesuffix(".json") for name in self.store.names("reviews/")]
        chosen = [name for name in found if identifier is None or name.startswith(identifier)]
        if not chosen:
            raise UserError(
                f"There is no such review in {self.store.place}.",
                "Make one: groundwork changes prepare",
            )
        if identifier and len(chosen) > 1 and identifier not in chosen:
            raise UserError(f"{identifier} is the start of several reviews: {', '.join(chosen)}")
        text = self.store.read(f"reviews/{identifier if identifier in chosen else chosen[-1]}.json")
        return parse_review(text or "")

    def reviews(self) -> Iterator[tuple[str, Review | None]]:
        """Yield all reviews by id, the oldest first; None for one that cannot be read."""
        for name in self.store.names("reviews/"):
            found = None
            with suppress(UserError):
                found = _parsed(Review, self.store.read(name))
            yield name.removeprefix("reviews/").removesuffix(".json"), found

    def approval(self, review: Review) -> Approval | None:
        """Return a review's approval."""
        text = self.store.read(f"approvals/{review.id}.json")
        return _parsed(Approval, text) if text else None

    def executions(self, review: Review) -> list[Execution]:
        """Return a review's executions, the oldest first."""
        names = self.store.names(f"executions/{review.id}/")
        return [_parsed(Execution, self.store.read(name)) for name in names]


def records_of(settings: Settings, state: Path) -> Records:
    """Return the records of an account: in its bucket, or in a folder where it has none yet."""
    client = boto3.client("s3", region_name=settings.region, config=aws.CONFIG)
    if settings.access and _is_there(client, settings.records_bucket):
        return Records(Bucket(client, settings.records_bucket))
    return Records(Folder(state / "records" / settings.named(settings.account)))


def _is_there(client: S3Client, bucket: str) -> bool:
    """Tell a bucket that is not there yet from one that may not be seen."""
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if aws.code(error) in ("404", "NoSuchBucket"):
            return False
        raise UserError(f"The records in {bucket} cannot be read: {aws.reason(error)}") from None
    return True
