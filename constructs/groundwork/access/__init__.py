"""Access: who prepares changes, who executes them, and who only looks."""

from groundwork.access.permissions import Permission, Reach, approving, authoring, reading
from groundwork.access.providers import Providers
from groundwork.access.records import Records
from groundwork.access.role import AccessRole

__all__ = [
    "AccessRole",
    "Permission",
    "Providers",
    "Reach",
    "Records",
    "approving",
    "authoring",
    "reading",
]
