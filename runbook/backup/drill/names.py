"""What the options of `groundwork backup drill` take."""

from __future__ import annotations

from enum import StrEnum


class Schedule(StrEnum):
    """What starts a drill again and again."""

    SYSTEMD = "systemd"
    GITHUB = "github"
