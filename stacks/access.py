"""Access: the roles that keep preparing and executing changes apart, and the records of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from aws_cdk import Duration
from constructs import Construct

from groundwork.access import (
    AccessRole,
    ApproverGroup,
    Execution,
    Names,
    Permission,
    Providers,
    RecordsBucket,
    Rules,
    Scope,
    Trail,
    approving,
    authoring,
    reading,
)
from settings.contract import Output
from settings.models.access import Group, RoleName, group_role
from settings.plan import StackPlan
from settings.plan.access import AccessItems, RoleItem
from stacks.area import AreaStack


@dataclass(frozen=True)
class Role:
    """What a role is for, what it may do, and how many hours a session lasts."""

    purpose: str
    permissions: Callable[[Scope], list[Permission]]
    hours: int = 1


ROLES: Mapping[RoleName, Role] = {
    RoleName.AUTHOR: Role(
        "Prepares and shows changes of Groundwork's stacks; cannot execute them", authoring
    ),
    RoleName.APPROVER: Role(
        "Approves changes of Groundwork's stacks and has them executed; cannot prepare any",
        approving,
    ),
    RoleName.READER: Role(
        "Sees Groundwork's stacks, their changes and the records of them", reading
    ),
}


GROUP = "Approves changes of a group's items, and has approved changes executed"


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
        if items.trail:
            trail = Trail(self, "trail", item=items.trail)
            files = trail.bucket.bucket_name
            self.output(Output.TRAIL, "", files, "The files of the account's trail")
        reach = Scope(
            account=self.account,
            stacks=items.stacks,
            qualifier=self.synthesizer.bootstrap_qualifier or "",
            records=items.records_bucket,
            region=self.region,
            machine=items.machine,
            guards=items.guards,
        )
        roles = self._add_roles(items, reach)
        Execution(
            self,
            "execution",
            names=Names(items.machine, items.guards, items.executor),
            reach=reach,
            rules=Rules(
                records=items.records_bucket,
                approvers=items.access.approvers,
                two_people=items.access.two_people,
                groups=tuple(_groups(items, roles)),
            ),
            notify=items.access.notify,
        )

    def _add_roles(self, items: AccessItems, reach: Scope) -> dict[str, AccessRole]:
        scope, made = self.group("roles"), {}
        providers = Providers(self, "providers", account=self.account, declared=items.access)
        for name, item in items.roles.items():
            role = _role(name, item)
            made[name] = AccessRole(
                scope,
                name,
                name=item.role,
                description=role.purpose,
                trusted=list(providers.trusted(item.trust)),
                permissions=role.permissions(reach),
                session=Duration.hours(role.hours),
            )
            self.output(Output.ROLE, name, made[name].role.role_arn, role.purpose)
        return made


def _role(name: str, item: RoleItem) -> Role:
    """A group's role may do what the approver's may: only its id is another."""
    if isinstance(item.trust, Group):
        return replace(ROLES[RoleName.APPROVER], purpose=GROUP)
    return ROLES[RoleName(name)]


def _groups(items: AccessItems, roles: Mapping[str, AccessRole]) -> Iterator[ApproverGroup]:
    environment = items.stacks[0].environment
    for name, group in items.access.groups.items():
        role_id = roles[group_role(name)].role.role_id
        yield ApproverGroup(name, role_id, group.items, environment)
