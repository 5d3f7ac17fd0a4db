"""Restore drills of databases: a snapshot that was restored and looked at is a backup."""

from groundwork.data.drill.construct import DatabaseDrill

__all__ = ["DatabaseDrill"]
