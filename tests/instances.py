"""Clients of an embedded AWS that a test started."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from embedded import Embedded

PATHS = Config(s3={"addressing_style": "path"})
"""Names of buckets in paths: as hosts, they do not resolve on every machine."""
ONCE = PATHS.merge(Config(retries={"total_max_attempts": 1}))
"""The same, for what AWS is expected to refuse."""


def client_of(
    instance: Embedded,
    service: str,
    region: str = "us-east-1",
    credentials: Mapping[str, str] | None = None,
    *,
    config: Config = PATHS,
) -> Any:
    """Return a client of the account's administrator, or of whose credentials are given.

    Each is made once: that takes longer than most calls.
    """
    administrator = {
        "aws_access_key_id": instance.account,
        "aws_secret_access_key": "any",
    }
    signing = tuple((credentials or administrator).items())
    return _client(instance.endpoint, str(instance.certificate), service, region, signing, config)


@cache
def _client(
    endpoint: str,
    certificate: str,
    service: str,
    region: str,
    signing: tuple[tuple[str, str], ...],
    config: Config,
) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=endpoint,
        verify=certificate,
        config=config,
        **dict(signing),
    )
