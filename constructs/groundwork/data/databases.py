"""The construct of each engine."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from groundwork.data.aurora import Aurora
from groundwork.data.network import Network
from groundwork.data.postgresql import PostgreSql
from groundwork.data.security_group import SecurityGroup
from settings.models import data


def make_database(
    scope: Construct,
    id: str,
    *,
    identifier: str,
    database: data.PostgreSql | data.Aurora,
    network: Network,
    security_groups: Sequence[SecurityGroup],
) -> PostgreSql | Aurora:
    """Make a database of the declared engine."""
    if isinstance(database, data.Aurora):
        return Aurora(
            scope,
            id,
            identifier=identifier,
            database=database,
            network=network,
            security_groups=security_groups,
        )
    return PostgreSql(
        scope,
        id,
        identifier=identifier,
        database=database,
        network=network,
        security_groups=security_groups,
    )
