"""One region of the file, with clients that give up soon: a check is only a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, TypeVar

import boto3
from botocore.config import Config

from runbook.base import aws
from runbook.base.clients import RegionClients
from runbook.doctor.owners import Owners
from settings.plan import items_of, plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_service_quotas import ServiceQuotasClient

    from settings import Settings
    from settings.plan import Items, StackPlan

QUICK = aws.CONFIG.merge(
    Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})
)
Area = TypeVar("Area", bound="Items")


@dataclass(frozen=True)
class Place(RegionClients):
    """What the file has in a region, and AWS there."""

    settings: Settings
    region: str
    owners: Owners
    """Which stack has what, in all regions of the file."""
    config: ClassVar[Config] = QUICK

    @property
    def is_home(self) -> bool:
        """Whether what is of the whole account is asked here."""
        return self.region == self.settings.region

    @cached_property
    def plans(self) -> tuple[StackPlan, ...]:
        """The stacks of the region."""
        return tuple(plan for plan in plans(self.settings) if plan.region == self.region)

    def items(self, area: type[Area]) -> Iterator[Area]:
        """Return what the region's stacks of an area hold."""
        return items_of(self.plans, area)

    @cached_property
    def cloudtrail(self) -> CloudTrailClient:
        """The trails that record the region."""
        return boto3.client("cloudtrail", region_name=self.region, config=QUICK)

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
