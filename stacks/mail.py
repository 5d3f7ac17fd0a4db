"""Mail in one region."""

from __future__ import annotations

from constructs import Construct

from settings import Settings
from stacks.area import AreaStack


class MailStack(AreaStack):
    """Identities, topics, configuration sets and senders of one region."""

    def __init__(self, scope: Construct, *, settings: Settings, region: str, part: str | None = None) -> None:
        super().__init__(scope, "mail", settings=settings, region=region, part=part)
