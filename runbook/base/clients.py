"""The clients of one region, each made once: what asks there asks few services, and often."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import boto3

from runbook.base import aws

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient


class RegionClients:
    """What is of one region, and asks AWS there."""

    region: str
    config: ClassVar[Config] = aws.CONFIG

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """The region's stacks."""
        return boto3.client("cloudformation", region_name=self.region, config=self.config)

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        """The region's metrics."""
        return boto3.client("cloudwatch", region_name=self.region, config=self.config)

    @cached_property
    def ec2(self) -> EC2Client:
        """The region's zones and networks."""
        return boto3.client("ec2", region_name=self.region, config=self.config)

    @cached_property
    def functions(self) -> LambdaClient:
        """The region's functions."""
        return boto3.client("lambda", region_name=self.region, config=self.config)

    @cached_property
    def iam(self) -> IAMClient:
        """The account's users, roles and policies."""
        return boto3.client("iam", region_name=self.region, config=self.config)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """The region's log groups."""
        return boto3.client("logs", region_name=self.region, config=self.config)

    @cached_property
    def rds(self) -> RDSClient:
        """The region's databases, and what RDS offers there."""
        return boto3.client("rds", region_name=self.region, config=self.config)

    @cached_property
    def s3(self) -> S3Client:
        """The region's buckets."""
        return boto3.client("s3", region_name=self.region, config=self.config)

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        """The region's secrets."""
        return boto3.client("secretsmanager", region_name=self.region, config=self.config)

    @cached_property
    def ses(self) -> SESClient:
        """SES's first API, which has feedback and receiving."""
        return boto3.client("ses", region_name=self.region, config=self.config)

    @cached_property
    def sesv2(self) -> SESV2Client:
        """SES's newer API, which has the account, identities and suppression."""
        return boto3.client("sesv2", region_name=self.region, config=self.config)

    @cached_property
    def sns(self) -> SNSClient:
        """The region's topics."""
        return boto3.client("sns", region_name=self.region, config=self.config)

    @cached_property
    def sqs(self) -> SQSClient:
        """The region's queues."""
        return boto3.client("sqs", region_name=self.region, config=self.config)

    @cached_property
    def ssm(self) -> SSMClient:
        """The region's parameters."""
        return boto3.client("ssm", region_name=self.region, config=self.config)
