"""Access: who prepares changes, who executes them, and who only looks."""

from groundwork.access.definition import Rules
from groundwork.access.execution import Execution, Names
from groundwork.access.groups import ApproverGroup
from groundwork.access.permissions import Permission, Scope, approving, authoring, reading
from groundwork.access.providers import Providers
from groundwork.access.records import RecordsBucket
from groundwork.access.role import AccessRole
from groundwork.access.trail import Trail

__all__ = [
    "AccessRole",
    "ApproverGroup",
    "Execution",
    "Names",
    "Permission",
    "Providers",
    "RecordsBucket",
    "Rules",
    "Scope",
    "Trail",
    "approving",
    "authoring",
    "reading",
]
