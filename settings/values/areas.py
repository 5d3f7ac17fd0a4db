"""The areas of the configuration, each of which has stacks of its own."""

from __future__ import annotations

from enum import StrEnum


class Area(StrEnum):
    """The top-level parts of the file that become stacks, in the order in which they are shown."""

    MAIL = "mail"
    DATA = "data"
    BACKUP = "backup"
    SERVICES = "services"
    ACCESS = "access"
