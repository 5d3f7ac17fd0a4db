"""Files and dumps: the newest object, fetched and compared with those before it."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING

from rich.filesize import decimal

from runbook.backup.drill import place, programs
from runbook.backup.drill.assignment import Assignment, Backup, DrillError
from runbook.backup.drill.record import session
from runbook.base import aws
from settings.contract import DRILLS

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectTypeDef

EARLIER = 7
"""Objects before the newest that its size is compared with."""


def restore(given: Assignment) -> None:
    """Fetch the newest object, and judge its age, its size, and what the file's command says."""
    prefix = f"{given.writer.prefix}/" if given.writer.prefix else ""
    s3 = session(given.secret).client("s3", config=aws.CONFIG)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=given.secret.bucket, Prefix=prefix)
    newest, *earlier = _newest(item for page in pages for item in page.get("Contents", ()))
    given.found(Backup(newest["Key"], newest["LastModified"], newest["Size"]))
    given.findings.add(_size(newest["Size"], [item["Size"] for item in earlier]))
    file = given.work / newest["Key"].rpartition("/")[2]
    s3.download_file(given.secret.bucket, newest["Key"], str(file))
    place.give(file)
    given.findings.add("it was fetched whole")
    if given.drill.command:
        given.findings.add(programs.judge(given.drill.command, file, {}, given.work))


def _newest(items: Iterable[ObjectTypeDef]) -> list[ObjectTypeDef]:
    """Return the newest objects first. A name that ends in a slash is a folder of the console."""
    backups = (i for i in items if not i["Key"].startswith(f"{DRILLS}/") and i["Key"][-1] != "/")
    found = sorted(backups, key=lambda item: item["LastModified"], reverse=True)
    if not found:
        raise DrillError("there is no backup")
    return found[: 1 + EARLIER]


def _size(newest: int, earlier: list[int]) -> str:
    """Compare sizes: a job that dumps nothing still uploads something."""
    if newest == 0:
        raise DrillError("the newest backup is empty")
    usual = median(earlier) if earlier else newest
    if newest < usual / 2:
        raise DrillError(
            f"the newest backup has {decimal(newest)}, less than half of what the last "
            f"{len(earlier)} had: {decimal(int(usual))}"
        )
    return f"it has {decimal(newest)}; those before it had {decimal(int(usual))}"
