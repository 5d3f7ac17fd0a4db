"""What each role may do, and where that ends.

Only what reads settings has actions with a wildcard. A resource has one only where AWS puts
something into an ARN that nobody can know before; the reason stands beside it.
<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html>
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groundwork.access.looking import ANYTHING, DRIFT, FUNCTIONS, OWN_FUNCTION, SETTINGS
from groundwork.kit import arn
from settings.contract import CHANGE_SET_PREFIX
from settings.plan import StackId

READ = (
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStack*",
    "cloudformation:GetStackPolicy",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    *DRIFT,
)
PREPARE = ("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet")
EXECUTE = (
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStacks",
    *DRIFT,
    "cloudformation:ExecuteChangeSet",
    "cloudformation:ListChangeSets",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateTerminationProtection",
)
STACK_ID = "An ARN ends in an id that CloudFormation makes up, and a stack's name in its part."
ASSET = "An asset is named after the digest of what it holds; one bucket has them all."
REGION = "The version of the bootstrap is the same parameter in every region."
RECORD = "A record is named after the moment of its review."
EXECUTION = "An execution is named after its review."
CALLER = "${aws:userid}"
"""Whoever calls: a role's id and the name of the session, which nobody else's path begins with."""


@dataclass(frozen=True)
class Permission:
    """Actions on resources. `reason` is why a resource has a wildcard, where one has."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str = ""
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """One environment's stacks, and what the CDK's bootstrap made for them in their regions."""

    account: str
    stacks: tuple[StackId, ...]
    """The first stack of each area and region; its further stacks are reached too."""
    qualifier: str
    """What the CDK's bootstrap put into the names of its roles and buckets."""
    records: str
    """The name of the bucket that keeps reviews, approvals and executions."""
    region: str
    """Where the bucket and the state machine are."""
    machine: str
    """The name of the state machine that executes changes."""
    guards: str
    """The name of the state machine that guards what a stopped execution left."""

    @property
    def machine_arn(self) -> str:
        """The state machine's ARN, which others have to know before it is there."""
        return self._machine(self.machine)

    @property
    def guards_arn(self) -> str:
        """The ARN of the state machine that guards."""
        return self._machine(self.guards)

    def _machine(self, name: str) -> str:
        return arn("states", f"stateMachine:{name}", region=self.region, account=self.account)

    def executions(self) -> tuple[str, ...]:
        """Return the state machine's executions."""
        name = f"execution:{self.machine}:*"
        return (arn("states", name, region=self.region, account=self.account),)

    def stacks_in(self, region: str) -> tuple[str, ...]:
        """Return the stacks of one region, with their further parts."""
        return tuple(
            arn("cloudformation", f"stack/{stack.name}*", region=region, account=self.account)
            for stack in self.stacks
            if stack.region == region
        )

    def stack_arns(self) -> tuple[str, ...]:
        """Return the stacks, with their further parts. The region is in a stack's name already."""
        return tuple(
            self._anywhere("cloudformation", f"stack/{stack.name}*") for stack in self.stacks
        )

    @property
    def regions(self) -> list[str]:
        """The regions of the stacks."""
        return sorted({stack.region for stack in self.stacks})

    def functions(self) -> tuple[str, ...]:
        """Return the stacks' functions."""
        names = {stack.name.partition(stack.region)[0] for stack in self.stacks}
        return tuple(self._anywhere("lambda", f"function:{name}*") for name in sorted(names))

    def change_set(self) -> str:
        """Return our change sets: AWS asks for their ARNs where a call names nothing else."""
        return self._anywhere("cloudformation", f"changeSet/{CHANGE_SET_PREFIX}*")

    def assets(self) -> tuple[str, ...]:
        """Return the templates and the functions' code that were published."""
        return tuple(arn("s3", f"{bucket}/*") for bucket in self._bootstrapped("assets"))

    def bootstrap_version(self) -> str:
        """Return the parameters by which a template makes sure of the bootstrap that it needs."""
        return self._anywhere("ssm", f"parameter/cdk-bootstrap/{self.qualifier}/version")

    def bootstrap_roles(self, name: str) -> tuple[str, ...]:
        """Return a role of the bootstrap, in every region."""
        roles = self._bootstrapped(name)
        return tuple(arn("iam", f"role/{role}", account=self.account) for role in roles)

    def recorded(self, kind: str) -> tuple[str, ...]:
        """Return the records of a kind that are the caller's own: `reviews`, `approvals`."""
        return (arn("s3", f"{self.records}/{kind}/{CALLER}/*"),)

    def locks(self) -> tuple[str, ...]:
        """Return the locks of stacks: one of two who prepare a stack gets the next."""
        return (arn("s3", f"{self.records}/locks/*"),)

    def _anywhere(self, service: str, resource: str) -> str:
        """Return an ARN in any region: naming six would take the room of what matters."""
        return arn(service, resource, region="*", account=self.account)

    def _bootstrapped(self, name: str) -> tuple[str, ...]:
        return tuple(
            f"cdk-{self.qualifier}-{name}-{self.account}-{region}" for region in self.regions
        )


def seeing(scope: Scope) -> list[Permission]:
    """See how things are set."""
    return [
        Permission(SETTINGS, ("*",), ANYTHING),
        Permission(FUNCTIONS, scope.functions(), OWN_FUNCTION),
        # A function's code as it was deployed, and templates: CreateChangeSet reads its own as
        # whoever calls it.
        Permission(("s3:GetObject*",), scope.assets(), ASSET),
    ]


def reading(scope: Scope, *more: str) -> list[Permission]:
    """See settings, stacks, change sets and records. `more` is what a role may do besides."""
    records = arn("s3", f"{scope.records}/*")
    return [
        *seeing(scope),
        Permission(
            tuple(sorted({*READ, *more})), (*scope.stack_arns(), scope.change_set()), STACK_ID
        ),
        Permission(("s3:GetObject",), (records,), RECORD),
        Permission(("ssm:GetParameter", "ssm:GetParameters"), (scope.bootstrap_version(),), REGION),
    ]


def authoring(scope: Scope) -> list[Permission]:
    """Prepare and discard change sets, publish what they need, and record reviews.

    The role passes CloudFormation the bootstrap's execution role and no other. That one may do
    anything; but nothing uses it before somebody else executes what was prepared.
    """
    return [
        *reading(scope, *PREPARE),
        Permission(
            ("iam:PassRole",),
            scope.bootstrap_roles("cfn-exec-role"),
            conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        ),
        Permission(("sts:AssumeRole",), scope.bootstrap_roles("file-publishing-role")),
        Permission(("s3:PutObject",), (*scope.recorded("reviews"), *scope.locks()), RECORD),
    ]


def approving(scope: Scope) -> list[Permission]:
    """Approve and discard changes, and have the state machine execute what was approved.

    The role executes nothing itself, and cannot loosen what guards a stack.
    """
    return [
        *reading(scope, "cloudformation:DeleteChangeSet"),
        Permission(("states:StartExecution",), (scope.machine_arn, scope.guards_arn)),
        Permission(("states:DescribeExecution",), scope.executions(), EXECUTION),
        Permission(("s3:PutObject",), scope.recorded("approvals"), RECORD),
    ]


def executing(scope: Scope) -> list[Permission]:
    """Do what the state machines do themselves: read records, write executions, execute, guard.

    It reads no other kind of record, and reaches the stacks of its own region. For those of others
    it has a function, see `executing_in`. It sees settings as the other roles do: drift detection
    reads with the permissions of whoever asks.
    """
    read = tuple(arn("s3", f"{scope.records}/{kind}/*") for kind in ("reviews", "approvals"))
    return [
        Permission(("s3:GetObject",), read, RECORD),
        Permission(("s3:PutObject",), (arn("s3", f"{scope.records}/executions/*"),), RECORD),
        Permission(("states:DescribeExecution",), scope.executions(), EXECUTION),
        executing_in(scope, scope.region),
        *seeing(scope),
    ]


def executing_in(scope: Scope, region: str) -> Permission:
    """Execute change sets in a region, and compare and guard its stacks."""
    change_sets = arn(
        "cloudformation",
        f"changeSet/{CHANGE_SET_PREFIX}*",
        region=region,
        account=scope.account,
    )
    return Permission(EXECUTE, (*scope.stacks_in(region), change_sets), STACK_ID)
