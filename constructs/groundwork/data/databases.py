"""The construct of each engine."""

from __future__ import annotations

from typing import assert_never

from constructs import Construct

from groundwork.data.aurora import AuroraCluster
from groundwork.data.database import DatabaseContext
from groundwork.data.postgresql import PostgreSqlInstance
from settings.models.databases import Aurora, PostgreSql


def make_database(
    scope: Construct,
    construct_id: str,
    *,
    declared: PostgreSql | Aurora,
    context: DatabaseContext,
) -> PostgreSqlInstance | AuroraCluster:
    """Make a database of the declared engine."""
    match declared:
        case PostgreSql():
            return PostgreSqlInstance(scope, construct_id, declared=declared, context=context)
        case Aurora():
            return AuroraCluster(scope, construct_id, declared=declared, context=context)
        case _:
            assert_never(declared)
