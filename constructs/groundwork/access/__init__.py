"""Access: who prepares changes, who executes them, and who only looks."""

from groundwork.access.permissions import Permission, Scope, approving, authoring, reading
from groundwork.access.providers import Providers
from groundwork.access.records import RecordsBucket
from groundwork.access.role import AccessRole

__all__ = [
    "AccessRole",
    "Permission",
    "Providers",
    "RecordsBucket",
    "Scope",
    "approving",
    "authoring",
    "reading",
]
