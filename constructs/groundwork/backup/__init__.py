"""Backup: buckets, their lifecycle, and what each tool may do with them."""

from groundwork.backup.access import ToolAccess, by_access
from groundwork.backup.arrivals import Arrivals
from groundwork.backup.bucket import BackupBucket
from groundwork.backup.tools import Access

__all__ = ["Access", "Arrivals", "BackupBucket", "ToolAccess", "by_access"]
