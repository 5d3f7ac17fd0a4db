"""A database's protection against deletion, which does not stand in the way of a rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypedDict

import boto3

from ..shared import cloudformation, setting
from ..shared.cloudformation import Event, is_rolled_back
from ..shared.retry import retry_until_allowed
from ..shared.setting import SettingProperties

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient


Kind = Literal["instance", "cluster"]


class Properties(SettingProperties):
    """What the request asks for."""

    Kind: Kind
    Identifier: str
    Enabled: Literal["true", "false"]


class State(TypedDict):
    """Whether it was protected."""

    enabled: bool


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, event["ResourceProperties"]["Identifier"], _apply)


def _apply(event: Event[Properties]) -> None:
    """Switch it on or off; when the resource goes, put it back in a rollback only.

    A database that leaves the file keeps its protection, which is what it is for.
    """
    stacks = retry_until_allowed(boto3.client("cloudformation"))
    if event["RequestType"] == "Delete" and not is_rolled_back(stacks, event["StackId"]):
        setting.saved_state(event).clear()
        return
    asked = event["ResourceProperties"]
    rds = retry_until_allowed(boto3.client("rds"))
    database = DATABASES[asked["Kind"]](rds, asked["Identifier"])
    setting.handle(event, DeletionProtection(database, asked["Enabled"] == "true"))


class Database(Protocol):
    """What a single instance and a cluster have in common."""

    def __init__(self, rds: RDSClient, identifier: str) -> None: ...

    def is_protected(self) -> bool | None:
        """Tell whether RDS refuses to delete it; None where there is no such database."""

    def protect(self, enabled: bool) -> None:
        """Let RDS refuse to delete it, or let it be deleted."""


class Instance:
    """An instance outside a cluster."""

    def __init__(self, rds: RDSClient, identifier: str) -> None:
        self.rds, self.identifier = rds, identifier

    def is_protected(self) -> bool | None:
        """Tell whether RDS refuses to delete it; None where there is no such database."""
        try:
            found = self.rds.describe_db_instances(DBInstanceIdentifier=self.identifier)
        except self.rds.exceptions.DBInstanceNotFoundFault:
            return None
        return found["DBInstances"][0]["DeletionProtection"]

    def protect(self, enabled: bool) -> None:
        """Let RDS refuse to delete it, or let it be deleted."""
        self.rds.modify_db_instance(
            DBInstanceIdentifier=self.identifier, DeletionProtection=enabled, ApplyImmediately=True
        )


class Cluster:
    """A cluster of Aurora."""

    def __init__(self, rds: RDSClient, identifier: str) -> None:
        self.rds, self.identifier = rds, identifier

    def is_protected(self) -> bool | None:
        """Tell whether RDS refuses to delete it; None where there is no such database."""
        try:
            found = self.rds.describe_db_clusters(DBClusterIdentifier=self.identifier)
        except self.rds.exceptions.DBClusterNotFoundFault:
            return None
        return found["DBClusters"][0]["DeletionProtection"]

    def protect(self, enabled: bool) -> None:
        """Let RDS refuse to delete it, or let it be deleted."""
        self.rds.modify_db_cluster(
            DBClusterIdentifier=self.identifier, DeletionProtection=enabled, ApplyImmediately=True
        )


DATABASES: dict[Kind, type[Database]] = {"instance": Instance, "cluster": Cluster}


class DeletionProtection:
    """The protection of one database as a setting."""

    def __init__(self, database: Database, enabled: bool) -> None:
        self.database, self.enabled = database, enabled

    def read(self) -> State:
        """Return whether it is protected."""
        return {"enabled": bool(self.database.is_protected())}

    def apply(self) -> None:
        """Set what the file asks for."""
        self.database.protect(self.enabled)

    def restore(self, state: State) -> None:
        """Put back what was found: a database that was made by the same deployment had none."""
        now = self.database.is_protected()
        if now is not None and now != state["enabled"]:
            self.database.protect(state["enabled"])
