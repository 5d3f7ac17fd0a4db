"""A user that works with an access key."""

from __future__ import annotations

from aws_cdk import Stack, Tags
from aws_cdk import aws_iam as iam
from constructs import Construct

from settings.contract import STACK_TAG


class AccessKeyUser(iam.User):
    """An IAM user, tagged with its stack, whose function may then make and delete its keys.

    By a tag and not by name: CloudFormation deletes what an update removes only after the update,
    when a policy of names has lost the user already, and its key could not be deleted any more.
    <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id, user_name=name)
        Tags.of(self).add(STACK_TAG, Stack.of(self).stack_name)
