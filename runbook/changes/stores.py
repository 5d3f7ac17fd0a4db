"""Where records are kept: the bucket of the access stack, or a folder of this machine.

Both write a record once and never over another. The bucket has versions and object lock besides,
and lets nobody write but below a path that names the writer.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Store(Protocol):
    """Stores texts by name."""

    @property
    def place(self) -> str:
        """Return where that is, as a person types it."""

    def create(self, name: str, text: str) -> bool:
        """Save a text unless there is one of that name; tell whether it was saved."""

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

    def create(self, name: str, text: str) -> bool:
        """Write a file, unless there is one: whole or not at all, whenever this is killed."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        try:
            written.write_text(text, encoding="utf-8")
            os.link(written, file)
        except FileExistsError:
            return False
        finally:
            written.unlink(missing_ok=True)
        return True

    def write(self, name: str, text: str) -> None:
        """Write a file; never over another."""
        if not self.create(name, text):
            file = self.folder / name
            raise UserError(f"{file} exists already. Records are never overwritten.")

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

    def create(self, name: str, text: str) -> bool:
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
            if aws.code(error) in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise UserError(f"{self.place}/{name} cannot be written: {aws.reason(error)}") from None
        return True

    def write(self, name: str, text: str) -> None:
        """Put an object, never over another."""
        if not self.create(name, text):
            where = f"{self.place}/{name}"
            raise UserError(f"{where} exists already. Records are never overwritten.")

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
