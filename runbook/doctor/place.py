"""One region of the file, with clients that give up soon: a check is only a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config

from runbook.base import aws
from runbook.doctor.owners import Owners
from settings.plan import plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_ssm import SSMClient

    from settings import Settings
    from settings.plan import Items, StackPlan

QUICK = aws.CONFIG.merge(
    Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})
)
Area = TypeVar("Area", bound="Items")


@dataclass(frozen=True)
class Place:
    """What the file has in a region, and AWS there."""

    settings: Settings
    region: str
    owners: Owners
    """Which stack has what, in all regions of the file."""

    @property
    def is_home(self) -> bool:
        """Whether what is of the whole account is asked here."""
        return self.region == self.settings.region

    @cached_property
    def plans(self) -> tuple[StackPlan, ...]:
        """The stacks of the region."""
        return tuple(plan for plan in plans(self.settings) if plan.region == self.region)

    def items(self, area: type[Area]) -> Iterator[Area]:
        """Yield what the region's stacks of an area hold."""
        for plan in self.plans:
            if isinstance(plan.items, area):
                yield plan.items

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """The region's stacks."""
        return boto3.client("cloudformation", region_name=self.region, config=QUICK)

    @cached_property
    def ec2(self) -> EC2Client:
        """The region's zones and networks."""
        return boto3.client("ec2", region_name=self.region, config=QUICK)

    @cached_property
    def iam(self) -> IAMClient:
        """The account's users, roles and policies."""
        return boto3.client("iam", region_name=self.region, config=QUICK)

    @cached_property
    def rds(self) -> RDSClient:
        """The region's databases, and what RDS offers there."""
        return boto3.client("rds", region_name=self.region, config=QUICK)

    @cached_property
    def s3(self) -> S3Client:
        """The region's buckets."""
        return boto3.client("s3", region_name=self.region, config=QUICK)

    @cached_property
    def ses(self) -> SESClient:
        """SES's first API."""
        return boto3.client("ses", region_name=self.region, config=QUICK)

    @cached_property
    def quotas(self) -> ServiceQuotasClient:
        """The region's quotas of services that have no call of their own for them."""
        return boto3.client("service-quotas", region_name=self.region, config=QUICK)

    @cached_property
    def global_quotas(self) -> ServiceQuotasClient:
        """The account's quotas of services without regions: only us-east-1 knows them."""
        return boto3.client("service-quotas", region_name="us-east-1", config=QUICK)

    @cached_property
    def stacks(self) -> Mapping[str, str]:
        """The status of every stack of the region, whoever made it."""
        pages = self.cloudformation.get_paginator("list_stacks").paginate()
        return {
            stack["StackName"]: stack["StackStatus"]
            for page in pages
            for stack in page["StackSummaries"]
            if stack["StackStatus"] != "DELETE_COMPLETE"
        }

    @cached_property
    def sesv2(self) -> SESV2Client:
        """SES's newer API."""
        return boto3.client("sesv2", region_name=self.region, config=QUICK)

    @cached_property
    def ssm(self) -> SSMClient:
        """The region's parameters."""
        return boto3.client("ssm", region_name=self.region, config=QUICK)
