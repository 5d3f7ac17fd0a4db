"""Restore drills: a backup that was restored and looked at is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from settings.models.base import Model, Problem
from settings.values.durations import Seconds
from settings.values.matching import ONE_LINE, Matching
from settings.values.names import IamUserName

HOUR, DAY = 3600, 86_400
Stanza = Annotated[
    str, Matching(r"[A-Za-z0-9_-]{1,63}", "a stanza's name: letters, digits, hyphens, underscores")
]
Database = Annotated[
    str,
    Matching(
        r"[A-Za-z_][A-Za-z0-9_-]{0,62}",
        "a database's name: 1 to 63 letters, digits, underscores and hyphens",
    ),
]
Line = Annotated[str, ONE_LINE]
Relation = Annotated[
    str,
    Matching(
        r"([A-Za-z_][A-Za-z0-9_$]{0,62}\.)?[A-Za-z_][A-Za-z0-9_$]{0,62}",
        "a table or view, with its schema where that is not public: issues, or reports.issues",
    ),
]
AS_OWNER = "a copy of engine: aurora-postgresql is asked as its owner, who reads everything"


class Drill(Model):
    """What `groundwork backup drill` restores, how often, and what it asks of the result."""

    of: IamUserName
    """The user of the bucket whose backups are restored."""
    every: Annotated[Seconds, Field(json_schema_extra={"default": "7d"})] = 7 * DAY
    """Raise an alarm when no drill succeeded for this long: whole hours, from 1h to 7d."""
    max_age: Seconds | None = None
    """How old the newest backup may be; the bucket's `expect_every` unless named, or `every`."""
    stanza: Stanza | None = None
    """For pgBackRest: the stanza, where the repository has several."""
    database: Database = "postgres"
    """For pgBackRest: the database that is asked."""
    query: Line | None = None
    """For pgBackRest: what is asked, once the restored server runs and `pg_amcheck` is content."""
    expect: Line = "t"
    """What the query has to answer, as psql prints it: true, unless named."""
    command: Line | None = None
    """What `sh` runs in the folder with what was restored, to judge it: 0 is good.

    Its variable `BACKUP` has the path: the newest file, or the folder of restic's files. For
    pgBackRest, libpq's variables lead to the server.
    """

    def problems(self) -> Iterator[Problem]:
        """Keep within what CloudWatch looks back on, and a question with its answer."""
        if self.every % HOUR or not HOUR <= self.every <= 7 * DAY:
            message = "whole hours, from 1h to 7d: CloudWatch looks back no further"
            yield Problem(("every",), message)
        if "expect" in self.model_fields_set and self.query is None:
            yield Problem(("expect",), "left out: there is no query to answer")


class _DatabaseDrill(Model):
    """The newest snapshot is restored beside the database, checked, and deleted again.

    <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html>
    """

    every: Annotated[Seconds, Field(json_schema_extra={"default": "7d"})] = 7 * DAY
    """Raise an alarm when no drill succeeded for this long: whole hours, from 1d to 7d.

    A drill runs twice within it, and each restores the whole database.
    """
    max_age: Annotated[Seconds, Field(json_schema_extra={"default": "36h"})] = 36 * HOUR
    """How old the newest automated snapshot may be. RDS makes one each day."""

    def problems(self) -> Iterator[Problem]:
        """Keep within what CloudWatch looks back on, and to whole hours of a schedule."""
        if self.every % HOUR or not DAY <= self.every <= 7 * DAY:
            message = "whole hours, from 1d to 7d: CloudWatch looks back no further"
            yield Problem(("every",), message)


class InstanceDrill(_DatabaseDrill):
    """A drill of an instance, whose copy a function in its network asks where there is a query."""

    query: Line | None = None
    """What is asked of the restored database: one value, in one row. Without it, nothing is asked.

    It is asked as a login that `groundwork database users NAME --drill` makes.
    """
    expect: Line = "t"
    """What the query has to answer, as psql prints it: true, unless named."""
    reads: tuple[Relation, ...] = ()
    """The tables and views that the query reads: all that its login may read."""

    def problems(self) -> Iterator[Problem]:
        """Ask for an answer, and for something to read, of a query alone."""
        yield from super().problems()
        if self.query is None:
            for field in sorted({"expect", "reads"} & self.model_fields_set):
                yield Problem((field,), "left out: there is no query")


class ClusterDrill(_DatabaseDrill):
    """A drill that also asks the restored cluster, through the Data API."""

    misplaced: ClassVar[Mapping[str, str]] = {"reads": AS_OWNER}

    query: Line = "SELECT true"
    """What is asked of the restored database: one value, in one row."""
    expect: Line = "t"
    """What the query has to answer, as psql prints it: true, unless named."""
