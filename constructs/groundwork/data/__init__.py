"""Data: networks, security groups, databases, their replicas, the bastion and the alarms."""

from groundwork.data.alarms import (
    DatabaseAlarms,
    ReplicaAlarms,
    Watch,
    reader_watches,
    replica_watches,
)
from groundwork.data.aurora import AuroraCluster
from groundwork.data.aurora_replicas import AuroraReader, AuroraReplicas
from groundwork.data.bastion import Bastion
from groundwork.data.database import DatabaseContext
from groundwork.data.databases import make_database
from groundwork.data.deletion_protection import DeletionProtection
from groundwork.data.drill import DatabaseDrill
from groundwork.data.postgresql import PostgreSqlInstance
from groundwork.data.proxy_targets import ProxyTargets
from groundwork.data.replica import PostgreSqlReplica, ReplicaContext
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.data.sessions import SessionLog
from groundwork.data.vpc import Vpc

__all__ = [
    "AuroraCluster",
    "AuroraReader",
    "AuroraReplicas",
    "Bastion",
    "DatabaseAlarms",
    "DatabaseContext",
    "DatabaseDrill",
    "DatabaseSecurityGroup",
    "DeletionProtection",
    "PostgreSqlInstance",
    "PostgreSqlReplica",
    "ProxyTargets",
    "ReplicaAlarms",
    "ReplicaContext",
    "SessionLog",
    "Vpc",
    "Watch",
    "make_database",
    "reader_watches",
    "replica_watches",
]
