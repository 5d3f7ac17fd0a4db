"""The quotas that Service Quotas has: the applied value, or AWS's default where none was applied.

<https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_service_quotas import ServiceQuotasClient


class Quota(NamedTuple):
    """A quota, as Service Quotas names it."""

    service: str
    code: str


NETWORKS = Quota("vpc", "L-F678F1CE")
"""VPCs in a region. An account begins with five, and one of them is the default VPC."""

GROUPS = Quota("vpc", "L-2AFB9258")
"""Security groups of a network interface. An account begins with five; AWS gives up to sixteen.

<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>
"""

BUCKETS = Quota("s3", "L-DC2B2D3D")
"""General purpose buckets of the account, which only us-east-1 knows.

<https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html>
"""


def quota(client: ServiceQuotasClient, asked: Quota) -> int:
    """Return how many the account may have."""
    names = {"ServiceCode": asked.service, "QuotaCode": asked.code}
    try:
        found = client.get_service_quota(**names)["Quota"]
    except client.exceptions.NoSuchResourceException:
        found = client.get_aws_default_service_quota(**names)["Quota"]
    return int(found["Value"])
