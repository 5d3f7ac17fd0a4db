"""Data in one region."""

from __future__ import annotations

from constructs import Construct

from settings import Settings
from stacks.area import AreaStack


class DataStack(AreaStack):
    """Networks of one region, with the security groups and databases in them."""

    def __init__(self, scope: Construct, *, settings: Settings, region: str) -> None:
        super().__init__(scope, "data", settings=settings, region=region)
