"""The users of a bucket, and the policies that they have or share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.backup.tools import ToolGrant
from groundwork.checks import acknowledge
from settings.models.backup import BackupUser

EVERY_OBJECT = (
    "A backup makes objects of names that nobody knows before. The pattern covers the objects of "
    "one bucket, below the prefix where there is one."
)


def by_grant(users: Mapping[str, BackupUser]) -> dict[ToolGrant, list[str]]:
    """Return the names of the users that share a grant on their bucket, in the file's order."""
    sharing = defaultdict(list)
    for name, user in users.items():
        sharing[ToolGrant.of(user)].append(name)
    return dict(sharing)


class ToolPolicy(Construct):
    """One policy for one tool, attached to its user, or to a group of the users that share it.

    The policy stays the same resource when a second user joins: only what it is attached to moves.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        grant: ToolGrant,
        bucket: s3.IBucket,
        users: Sequence[iam.IUser],
    ) -> None:
        super().__init__(scope, construct_id)
        self.policy = iam.ManagedPolicy(
            self,
            "policy",
            statements=[*grant.statements(bucket)],
        )
        if len(users) == 1:
            self.policy.attach_to_user(users[0])
        else:
            self.policy.attach_to_group(self._group(users))
        self._acknowledge_patterns(grant, bucket)

    def _group(self, users: Sequence[iam.IUser]) -> iam.Group:
        group = iam.Group(self, "group")
        for user in users:
            user.add_to_group(group)
        return group

    def _acknowledge_patterns(self, grant: ToolGrant, bucket: s3.IBucket) -> None:
        logical_id = Stack.of(self).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        for pattern in grant.patterns():
            finding = f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{pattern}]"
            acknowledge(self.policy, finding, EVERY_OBJECT)
