"""What pgaudit logs, as parameters of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
