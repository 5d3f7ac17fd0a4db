"""How much an account may send. Nothing here needs ministack."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Allowance:
    """Recipients in any 24 hours, and messages in a second."""

    daily: int
    per_second: int


SANDBOX = Allowance(200, 1)
# What an account that left the sandbox has varies; this is what many start with.
PRODUCTION = Allowance(50_000, 14)


@dataclass
class Sent:
    """What an account sent in a region. `clock` is in seconds, and never goes back.

    AWS counts recipients for both quotas and lets short bursts pass; here a message counts once for
    the rate, so that one to several recipients can be sent in the sandbox at all.
    """

    clock: Callable[[], float] = time.monotonic
    messages: deque[tuple[float, int]] = field(default_factory=deque)

    def refusal(self, recipients: int, allowance: Allowance) -> str | None:
        """Count a message to this many recipients, or say in SES's words why it is too much."""
        now = self.clock()
        while self.messages and self.messages[0][0] <= now - DAY_SECONDS:
            self.messages.popleft()
        if sum(count for _, count in self.messages) + recipients > allowance.daily:
            return "Daily message quota exceeded."
        lately = [moment for moment, _ in self.messages if moment > now - 1]
        if len(lately) >= allowance.per_second:
            return "Maximum sending rate exceeded."
        self.messages.append((now, recipients))
        return None

    def last_day(self) -> int:
        """The recipients of the last 24 hours."""
        since = self.clock() - DAY_SECONDS
        return sum(count for moment, count in self.messages if moment > since)
