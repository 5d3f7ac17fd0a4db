"""The embedded AWS for the command's tests, with this process pointed at it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import boto3
import pytest

import embedded
from runbook.base import aws

ACCOUNT = "123456789012"
REGION = "us-east-1"
TEMPLATES = "templates-of-the-tests"


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the embedded AWS, and make its environment this process's own."""
    state = tmp_path_factory.mktemp("runbook-aws")
    try:
        instance = embedded.start(state, ACCOUNT, REGION)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in instance.environment().items():
                patch.setitem(os.environ, name, value)
            aws.cloudformation.cache_clear()
            s3 = boto3.client("s3", config=aws.CONFIG)
            s3.create_bucket(Bucket=TEMPLATES)
            s3.put_bucket_versioning(
                Bucket=TEMPLATES, VersioningConfiguration={"Status": "Enabled"}
            )
            yield ACCOUNT
    finally:
        aws.cloudformation.cache_clear()
        embedded.stop(state)


@pytest.fixture
def name() -> str:
    """A name for a stack and what is in it, which no other test has."""
    return f"stack-{uuid.uuid4().hex[:12]}"
