"""The names of databases and of what is in them, each with RDS's or PostgreSQL's own rule."""

from __future__ import annotations

from typing import Annotated

from settings.values.matching import Matching, at_most
from settings.values.reserved import why_no_database, why_no_schema, why_no_user

DatabaseIdentifier = Annotated[
    str,
    Matching(
        r"[a-z](?:-?[a-z0-9])*",
        "a database identifier: lower-case letters, digits and single hyphens, "
        "starting with a letter and not ending with a hyphen",
        at_most(63),
    ),
]

DatabaseName = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9_]{0,62}",
        "a database's name: 1 to 63 letters, digits and underscores, starting with a letter",
        why_no_database,
    ),
]

DatabaseUser = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9_]{0,15}",
        "a database user's name: 1 to 16 letters, digits and underscores, starting with a letter",
        why_no_user,
    ),
]


LoginName = Annotated[
    str,
    Matching(
        r"[a-z_][a-z0-9_]{0,62}",
        "a login's name: 1 to 63 lower-case letters, digits and underscores, not starting with a "
        "digit",
        why_no_user,
    ),
]

SchemaName = Annotated[
    str,
    Matching(
        r"[a-z_][a-z0-9_]{0,62}",
        "a schema's name: 1 to 63 lower-case letters, digits and underscores, not starting with a "
        "digit",
        why_no_schema,
    ),
]

InstanceClass = Annotated[
    str,
    Matching(
        r"db\.[a-z][a-z0-9]*\.(?:micro|small|medium|large|\d{0,2}xlarge)",
        "an RDS instance class, as in db.t3.micro",
    ),
]
