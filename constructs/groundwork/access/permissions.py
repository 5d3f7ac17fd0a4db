"""What each role may do, and where that ends.

No permission has an action with a wildcard. A resource has one only where AWS puts something into
an ARN that nobody can know before; the reason stands beside it.
<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html>
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from settings.contract import CHANGE_SET_PREFIX
from settings.plan import StackId

LOOK = (
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStackResources",
    "cloudformation:DescribeStacks",
    "cloudformation:GetStackPolicy",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
)
PREPARE = ("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet")
EXECUTE = (
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateTerminationProtection",
)
ANY_STACK = "Listing stacks is of the account: AWS takes no resource for it."
STACK_ID = "An ARN ends in an id that CloudFormation makes up, and a stack's name in its part."
ASSET = "An asset is named after the digest of what it holds; one bucket has them all."
RECORD = "A record is named after the moment of its review."


@dataclass(frozen=True)
class Permission:
    """Actions on resources. `reason` is why a resource has a wildcard, where one has."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str = ""
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """One environment's stacks, and what the CDK's bootstrap made for them in their regions."""

    account: str
    stacks: tuple[StackId, ...]
    """The first stack of each area and region; its further stacks are reached too."""
    qualifier: str
    """What the CDK's bootstrap put into the names of its roles and buckets."""
    records: str
    """The name of the bucket that keeps reviews, approvals and executions."""

    def stack_arns(self) -> tuple[str, ...]:
        """Return the stacks, with their further parts."""
        return tuple(
            f"arn:aws:cloudformation:{stack.region}:{self.account}:stack/{stack.name}*"
            for stack in self.stacks
        )

    def change_sets(self) -> tuple[str, ...]:
        """Return our change sets: AWS asks for their ARNs where a call names nothing else."""
        name = f"{CHANGE_SET_PREFIX}*"
        return self._each(f"arn:aws:cloudformation:{{region}}:{{account}}:changeSet/{name}")

    def assets(self) -> tuple[str, ...]:
        """Return the templates and the functions' code that were published."""
        return self._each("arn:aws:s3:::cdk-{qualifier}-assets-{account}-{region}/*")

    def bootstrap_versions(self) -> tuple[str, ...]:
        """Return the parameters by which a template makes sure of the bootstrap that it needs."""
        return self._each(
            "arn:aws:ssm:{region}:{account}:parameter/cdk-bootstrap/{qualifier}/version"
        )

    def bootstrap_roles(self, name: str) -> tuple[str, ...]:
        """Return a role of the bootstrap, in every region."""
        return self._each(
            f"arn:aws:iam::{{account}}:role/cdk-{{qualifier}}-{name}-{{account}}-{{region}}"
        )

    def recorded(self, *kinds: str) -> tuple[str, ...]:
        """Return the records of some kinds: `reviews`, `approvals`, `executions`."""
        return tuple(f"arn:aws:s3:::{self.records}/{kind}/*" for kind in kinds)

    def _each(self, arn: str) -> tuple[str, ...]:
        return tuple(
            arn.format(account=self.account, qualifier=self.qualifier, region=region)
            for region in sorted({stack.region for stack in self.stacks})
        )


def reading(reach: Reach, *more: str) -> list[Permission]:
    """See stacks, change sets, templates and records. `more` is what a role may do besides."""
    records = f"arn:aws:s3:::{reach.records}"
    return [
        Permission(("cloudformation:ListStacks",), ("*",), ANY_STACK),
        Permission(
            tuple(sorted({*LOOK, *more})), (*reach.stack_arns(), *reach.change_sets()), STACK_ID
        ),
        Permission(("s3:ListBucket", "s3:ListBucketVersions"), (records,)),
        Permission(("s3:GetObject", "s3:GetObjectVersion"), (f"{records}/*",), RECORD),
    ]


def authoring(reach: Reach) -> list[Permission]:
    """Prepare and discard change sets, publish what they need, and record reviews.

    The role passes CloudFormation the bootstrap's execution role and no other. That one may do
    anything; but nothing uses it before somebody else executes what was prepared.
    """
    return [
        *reading(reach, *PREPARE),
        Permission(
            ("iam:PassRole",),
            reach.bootstrap_roles("cfn-exec-role"),
            conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        ),
        Permission(("sts:AssumeRole",), reach.bootstrap_roles("file-publishing-role")),
        # CreateChangeSet reads its template and the bootstrap's version as whoever calls it.
        Permission(("s3:GetObject",), reach.assets(), ASSET),
        Permission(("ssm:GetParameter", "ssm:GetParameters"), reach.bootstrap_versions()),
        Permission(("s3:PutObject",), reach.recorded("reviews"), RECORD),
    ]


def approving(reach: Reach) -> list[Permission]:
    """Execute and discard change sets, guard the stacks, and record approvals and executions.

    The role reads published assets, to make sure that they are still those that were reviewed.
    """
    return [
        *reading(reach, *EXECUTE),
        Permission(("s3:GetObject", "s3:GetObjectVersion"), reach.assets(), ASSET),
        Permission(("s3:PutObject",), reach.recorded("approvals", "executions"), RECORD),
    ]
