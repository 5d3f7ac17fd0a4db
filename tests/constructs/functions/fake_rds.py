"""RDS and CloudFormation in memory, as far as the protection of databases asks them."""

# ruff: noqa: N803 - the parameters have AWS's names

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.constructs.functions.faults import refusal


class NotFoundError(ClientError):
    pass


class FakeRds:
    exceptions = SimpleNamespace(
        DBInstanceNotFoundFault=NotFoundError, DBClusterNotFoundFault=NotFoundError
    )

    def __init__(self, **protected: bool) -> None:
        self.protected = protected

    def describe_db_instances(self, DBInstanceIdentifier: str) -> Any:
        return {"DBInstances": [self._described(DBInstanceIdentifier)]}

    def modify_db_instance(
        self, DBInstanceIdentifier: str, DeletionProtection: bool, ApplyImmediately: bool
    ) -> None:
        self._described(DBInstanceIdentifier)
        self.protected[DBInstanceIdentifier] = DeletionProtection

    def describe_db_clusters(self, DBClusterIdentifier: str) -> Any:
        return {"DBClusters": [self._described(DBClusterIdentifier)]}

    def modify_db_cluster(
        self, DBClusterIdentifier: str, DeletionProtection: bool, ApplyImmediately: bool
    ) -> None:
        self.modify_db_instance(DBClusterIdentifier, DeletionProtection, ApplyImmediately)

    def _described(self, identifier: str) -> dict[str, bool]:
        if identifier not in self.protected:
            raise refusal("NotFound", NotFoundError)
        return {"DeletionProtection": self.protected[identifier]}


class FakeStacks:
    def __init__(self, status: str) -> None:
        self.status = status

    def describe_stacks(self, StackName: str) -> Any:
        return {"Stacks": [{"StackStatus": self.status}]}
