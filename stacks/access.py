"""Access: the roles that keep preparing and executing changes apart, and the records of both."""

from __future__ import annotations

from constructs import Construct

from groundwork.access import (
    AccessRole,
    Permission,
    Providers,
    Reach,
    Records,
    approving,
    authoring,
    reading,
)
from settings import Settings
from settings.models.access import Access
from stacks.area import AreaStack

PURPOSES = {
    "author": "Prepares and shows changes of Groundwork's stacks; cannot execute them",
    "approver": "Executes approved changes of Groundwork's stacks; cannot prepare any",
    "reader": "Sees Groundwork's stacks, their changes and the records of them",
}


class AccessStack(AreaStack):
    """The roles of one environment, in the default region. IAM itself has no regions."""

    def __init__(self, scope: Construct, *, settings: Settings, access: Access) -> None:
        super().__init__(scope, "access", settings=settings, region=settings.region)
        records = Records(
            self, "records", name=settings.records_bucket, days=access.records_days
        ).bucket
        self.show(
            "records",
            value=records.bucket_name,
            description="The bucket that keeps reviews, approvals and executions",
        )
        self._roles(settings, access)

    def _roles(self, settings: Settings, access: Access) -> None:
        scope, permissions = self.group("roles"), self._permissions(settings)
        providers = Providers(self, "providers", account=settings.account, access=access)
        for name, trust in access.roles.items():
            made = AccessRole(
                scope,
                name,
                name=settings.named(f"groundwork-{name}"),
                description=PURPOSES[name],
                trusted=list(providers.trusted(trust)),
                permissions=permissions[name],
            )
            self.show(name, value=made.role.role_arn, description=PURPOSES[name])

    def _permissions(self, settings: Settings) -> dict[str, list[Permission]]:
        reach = Reach(
            account=settings.account,
            regions=tuple(settings.regions),
            home=settings.region,
            prefix=settings.named(""),
            qualifier=self.synthesizer.bootstrap_qualifier or "",
            records=settings.records_bucket,
        )
        return {
            "author": authoring(reach),
            "approver": approving(reach),
            "reader": reading(reach),
        }
