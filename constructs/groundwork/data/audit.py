"""What is logged of those who read, as parameters of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from settings.values import versions

NAMED_FROM = 18
"""From this major version on, `log_connections` takes the names of what is logged, and RDS no 1.

<https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-CONNECTIONS>
"""


def access_parameters(version: str) -> Mapping[str, str]:
    """Take TLS alone; and log who connects, who leaves, and every statement.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html>
    """
    return {
        "rds.force_ssl": "1",
        "log_connections": "all" if int(versions.major(version)) >= NAMED_FROM else "1",
        "log_disconnections": "1",
        "log_statement": "all",
    }


LIBRARIES = "pg_stat_statements,pgaudit"
"""The first is RDS's own default, which a value of one's own takes the place of."""


def audit_parameters(kinds: Sequence[str]) -> Mapping[str, str]:
    """Return the parameters that load pgaudit and have it log these kinds of statements.

    A library is loaded when the database starts: one that runs has to be restarted once, and
    somebody then runs `CREATE EXTENSION pgaudit` in it, so that objects are named in the log.
    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html>
    """
    if not kinds:
        return {}
    return {
        "shared_preload_libraries": LIBRARIES,
        "pgaudit.log": ",".join(kinds),
        # A line for each table and view of a query, which otherwise has none of their names.
        "pgaudit.log_relation": "1",
    }
