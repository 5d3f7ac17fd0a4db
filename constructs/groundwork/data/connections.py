"""How many connections a database takes by default, as its memory decides."""

from __future__ import annotations

from settings.models.capacity import Capacity
from settings.values.instances import memory_gib

_MOST = 5000
_MOST_FROM_NEXT_TO_NOTHING = 2000
"""Aurora's limit where the minimum is 0 or 0.5 units."""

_BYTES_EACH = 9_531_392
_BYTES_OF_THE_SYSTEM = 300 * 1024**2
"""What the operating system and RDS take, about: it counts on the smallest classes."""


def of_instance(instance_class: str) -> int:
    """Return about LEAST(DBInstanceClassMemory/9531392, 5000).

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html>
    """
    memory = memory_gib(instance_class) * 1024**3 - _BYTES_OF_THE_SYSTEM
    return min(_MOST, int(memory / _BYTES_EACH))


def of_capacity(capacity: Capacity) -> int:
    """Return what Aurora's table says: 189 for one unit, 823 for 4, 3360 for 16.

    <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html>
    """
    most = _MOST if capacity.min > 0.5 else _MOST_FROM_NEXT_TO_NOTHING
    return min(most, int(211.4 * capacity.max - 22))
