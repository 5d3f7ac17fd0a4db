"""What is logged of those who read, as parameters of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

AUDITED: Mapping[str, str] = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_statement": "all",
}
"""TLS alone; and in the log who connects, who leaves, and every statement.

<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.Query_Logging.html>
"""

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
