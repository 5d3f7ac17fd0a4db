"""Receiving mail, such as the message with the link that verifies an address."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from constructs import Construct

from groundwork.checks import acknowledge

KEPT = Duration.days(30)


class Receiving(Construct):
    """A receipt rule set, a rule for each recipient, and the bucket that keeps mail for 30 days.

    A recipient is a domain or an address, and its mail lies under a prefix of its name. Mail to an
    address lies under its domain's name as well: SES applies every rule that matches, and rules
    that stopped it would hang on each other's order. The bucket stays, closed as it is, when the
    receiving parts are removed from the configuration; its mail still expires by itself.
    <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html>
    """

    def __init__(self, scope: Construct, identifier: str, *, recipients: Iterable[str]) -> None:
        super().__init__(scope, identifier)
        self.rule_set = ses.CfnReceiptRuleSet(self, "rule-set")
        self.bucket = self._make_bucket()
        self._accept_from_ses()
        for recipient in recipients:
            self._receive(recipient)

    def _make_bucket(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="delete-after-30-days",
                    expiration=KEPT,
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
        )
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "It holds a few verification messages for 30 days and is read by the team's own "
            "administrators; a bucket of access logs would outlive all that it tells about.",
        )
        return bucket

    def _accept_from_ses(self) -> None:
        stack = Stack.of(self)
        rules = f"receipt-rule-set/{self.rule_set.ref}:receipt-rule/*"
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                principals=[iam.ServicePrincipal("ses.amazonaws.com")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:aws:ses:{stack.region}:{stack.account}:{rules}"
                    },
                },
            )
        )
        if self.bucket.policy:
            self.bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN)

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
