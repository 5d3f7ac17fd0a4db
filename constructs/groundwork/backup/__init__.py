"""Backup: buckets, their lifecycle, and what each tool may do with them."""

from groundwork.backup.bucket import BackupBucket
from groundwork.backup.drill import DrillAlarms, DrillPolicy
from groundwork.backup.freshness import BackupFreshnessAlarm
from groundwork.backup.tool_policy import ToolPolicy, by_grant
from groundwork.backup.tools import ToolGrant

__all__ = [
    "BackupBucket",
    "BackupFreshnessAlarm",
    "DrillAlarms",
    "DrillPolicy",
    "ToolGrant",
    "ToolPolicy",
    "by_grant",
]
