"""Access: the roles that keep preparing and executing changes apart, and the records of both."""

from __future__ import annotations

from aws_cdk import Duration
from constructs import Construct

from groundwork.access import (
    AccessRole,
    Permission,
    Providers,
    RecordsBucket,
    Scope,
    approving,
    authoring,
    reading,
)
from settings.contract import Output
from settings.plan import StackPlan
from settings.plan.access import AccessItems
from stacks.area import AreaStack

PURPOSES = {
    "author": "Prepares and shows changes of Groundwork's stacks; cannot execute them",
    "approver": "Executes approved changes of Groundwork's stacks; cannot prepare any",
    "reader": "Sees Groundwork's stacks, their changes and the records of them",
}

SESSIONS = {
    "author": Duration.hours(1),
    # Databases take hours to change, and what an execution lifts it has to put back at its end.
    "approver": Duration.hours(4),
    "reader": Duration.hours(1),
}


class AccessStack(AreaStack):
    """The roles of one environment, in the default region. IAM itself has no regions."""

    def __init__(self, scope: Construct, plan: StackPlan, items: AccessItems) -> None:
        super().__init__(scope, plan)
        records = RecordsBucket(
            self, "records", name=items.records_bucket, days=items.access.records_days
        )
        self.output(
            Output.RECORDS,
            "",
            records.bucket.bucket_name,
            "The bucket that keeps reviews, approvals and executions",
        )
        self._add_roles(items)

    def _add_roles(self, items: AccessItems) -> None:
        scope, permissions = self.group("roles"), self._permissions(items)
        providers = Providers(self, "providers", account=self.account, declared=items.access)
        for name, item in items.roles.items():
            made = AccessRole(
                scope,
                name,
                name=item.role,
                description=PURPOSES[name],
                trusted=list(providers.trusted(item.trust)),
                permissions=permissions[name],
                session=SESSIONS[name],
            )
            self.output(Output.ROLE, name, made.role.role_arn, PURPOSES[name])

    def _permissions(self, items: AccessItems) -> dict[str, list[Permission]]:
        scope = Scope(
            account=self.account,
            stacks=items.stacks,
            qualifier=self.synthesizer.bootstrap_qualifier or "",
            records=items.records_bucket,
        )
        return {
            "author": authoring(scope),
            "approver": approving(scope),
            "reader": reading(scope),
        }
