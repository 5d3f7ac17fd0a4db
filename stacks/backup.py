"""Backup in one region."""

from __future__ import annotations

from constructs import Construct

from settings import Settings
from stacks.area import AreaStack


class BackupStack(AreaStack):
    """Buckets of one region, and the users that fill them."""

    def __init__(self, scope: Construct, *, settings: Settings, region: str, part: str | None = None) -> None:
        super().__init__(scope, "backup", settings=settings, region=region, part=part)
