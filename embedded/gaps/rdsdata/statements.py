"""Statements of the Data API, which a snapshot of a cluster keeps the effects of."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

from embedded.gaps._ministack import Response, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="The Data API runs SQL; a snapshot holds what was there, and a restored cluster has it.",
    page="https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html",
    ministack="Without Docker it knows a few statements of MySQL, and snapshots are empty.",
    effect=Effect.CAPABLE,
)

_databases: dict[str, sqlite3.Connection] = {}
"""In memory, by the ARN of a cluster or of a snapshot. SQLite stands for PostgreSQL."""
_lock = threading.Lock()


def install() -> None:
    """Run statements in SQLite, and copy its databases with the snapshots."""
    rds, data = service("rds"), service("rds_data")
    snapshot = rds._create_cluster_snapshot_internal

    def create(name: str, cluster: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = snapshot(name, cluster)
        restore(cluster["DBClusterArn"], made["DBClusterSnapshotArn"])
        return made

    rds._create_cluster_snapshot_internal = create
    data._stub_execute, data.restore = execute, restore


def execute(arn: str, statement: str) -> Response:
    """Run a statement on a cluster's database."""
    with _lock:
        database = _database(arn)
        try:
            rows = database.execute(statement).fetchall()
            database.commit()
        except sqlite3.Error as error:
            message = f"ERROR: {error}; SQLState: 42601"
            refused: Response = responses.error_response_json(
                "DatabaseErrorException", message, 400
            )
            return refused
    records = [[_field(value) for value in row] for row in rows]
    answer = {"numberOfRecordsUpdated": 0, "generatedFields": [], "records": records}
    done: Response = responses.json_response(answer)
    return done


def restore(source: str, target: str) -> None:
    """Copy what a cluster or a snapshot holds into the other."""
    with _lock:
        _database(source).backup(_database(target))


def _database(arn: str) -> sqlite3.Connection:
    if arn not in _databases:
        _databases[arn] = sqlite3.connect(":memory:", check_same_thread=False)
    return _databases[arn]


def _field(value: object) -> dict[str, object]:
    match value:
        case None:
            return {"isNull": True}
        case int():
            return {"longValue": value}
        case float():
            return {"doubleValue": value}
    return {"stringValue": str(value)}
