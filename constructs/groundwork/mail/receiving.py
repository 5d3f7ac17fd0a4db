"""Receiving mail, such as the message with the link that verifies an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from constructs import Construct

from groundwork.kit import PrivateBucket, arn_in_stack

KEPT = s3.LifecycleRule(
    id="delete-after-30-days",
    expiration=Duration.days(30),
    abort_incomplete_multipart_upload_after=Duration.days(7),
)
UNLOGGED = (
    "It holds a few verification messages for 30 days and is read by the team's own "
    "administrators; a bucket of access logs would outlive all that it tells about."
)


class Receiving(Construct):
    """A receipt rule set, a rule for each recipient, and the bucket that keeps mail for 30 days.

    A recipient is a domain or an address, and its mail lies under a prefix of its name. Mail to an
    address lies under its domain's name as well: SES applies every rule that matches, and rules
    that stopped it would hang on each other's order. The bucket stays, closed as it is, when the
    receiving parts are removed from the configuration; its mail still expires by itself.
    <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        recipients: Iterable[str],
        tags: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.rule_set = ses.CfnReceiptRuleSet(self, "rule-set")
        self.bucket = PrivateBucket(self, "bucket", unlogged=UNLOGGED, lifecycle_rules=[KEPT])
        for key, value in tags.items():
            Tags.of(self.bucket).add(key, value)
        self._accept_from_ses()
        for recipient in recipients:
            self._receive(recipient)

    def _accept_from_ses(self) -> None:
        rules = arn_in_stack(self, "ses", f"receipt-rule-set/{self.rule_set.ref}:receipt-rule/*")
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Stack.of(self).account},
                    "ArnLike": {"aws:SourceArn": rules},
                },
            )
        )

    def _receive(self, recipient: str) -> None:
        rule = ses.CfnReceiptRule(
            self,
            recipient,
            rule_set_name=self.rule_set.ref,
            rule=ses.CfnReceiptRule.RuleProperty(
                enabled=True,
                scan_enabled=True,
                tls_policy="Require",
                recipients=[recipient],
                actions=[
                    ses.CfnReceiptRule.ActionProperty(
                        s3_action=ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=self.bucket.bucket_name, object_key_prefix=f"{recipient}/"
                        )
                    )
                ],
            ),
        )
        # SES writes a test object first, for which it needs the bucket's policy.
        rule.node.add_dependency(self.bucket)
