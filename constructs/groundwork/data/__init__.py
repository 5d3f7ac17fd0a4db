"""Data: networks, security groups and databases."""

from groundwork.data.aurora import Aurora
from groundwork.data.network import Network
from groundwork.data.postgresql import PostgreSql
from groundwork.data.security_group import SecurityGroup

__all__ = ["Aurora", "Network", "PostgreSql", "SecurityGroup"]
