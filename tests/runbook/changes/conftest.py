"""Where reviews and approvals are recorded in these tests."""

from __future__ import annotations

import io
from pathlib import Path

import boto3
import pytest
from rich.console import Console

from runbook.base import aws
from runbook.changes.context import Context
from runbook.changes.records import Records
from runbook.changes.stores import Bucket, Folder, Store
from settings import Settings, parse
from tests.runbook.changes.approving import APPROVER, BOB, TWO_PEOPLE
from tests.runbook.conftest import ACCOUNT


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> Store:
    """Both places in which records are kept."""
    if request.param == "folder":
        return Folder(tmp_path)
    client = boto3.client("s3", config=aws.CONFIG)
    client.create_bucket(Bucket=f"records-{name}", ObjectLockEnabledForBucket=True)
    return Bucket(client, f"records-{name}")


@pytest.fixture
def settings() -> Settings:
    return parse(TWO_PEOPLE)


@pytest.fixture
def context(store: Store, settings: Settings) -> Context:
    console = Console(file=io.StringIO(), width=120)
    return Context(console, settings, aws.Caller(ACCOUNT, APPROVER, BOB), Records(store, BOB))
