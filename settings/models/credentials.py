"""Access keys: how they are renewed and who may read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.models.base import Model, Problem
from settings.values.durations import Seconds
from settings.values.names import RoleArn

DAY = 86_400


class Credentials(Model):
    """The access key of a user, kept in Secrets Manager and nowhere else."""

    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Raise it by one to renew the key. The previous key works until the next renewal."""
    rotate_every: Seconds | None = None
    """Renew the key on a schedule as well, as in 90d: whole days, from 1 to 1000."""
    readers: tuple[RoleArn, ...] = ()
    """The roles that may read the secret. Nobody else is given it."""

    def problems(self) -> Iterator[Problem]:
        """Secrets Manager counts its rotations in days."""
        if self.rotate_every and (
            self.rotate_every % DAY or not DAY <= self.rotate_every <= 1000 * DAY
        ):
            yield Problem(("rotate_every",), "whole days, from 1d to 1000d")
