"""Data: networks, security groups, databases, the bastion and the alarms."""

from groundwork.data.alarms import DatabaseAlarms
from groundwork.data.bastion import Bastion
from groundwork.data.database import DatabaseContext
from groundwork.data.databases import make_database
from groundwork.data.deletion_protection import DeletionProtection
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.data.vpc import Vpc

__all__ = [
    "Bastion",
    "DatabaseAlarms",
    "DatabaseContext",
    "DatabaseSecurityGroup",
    "DeletionProtection",
    "Vpc",
    "make_database",
]
