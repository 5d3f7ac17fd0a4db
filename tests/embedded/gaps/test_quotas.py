"""The quotas that an account begins with, as CloudFormation and Service Quotas answer them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.embedded.conftest import Aws
from tests.instances import ONCE, client_of

NETWORKS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
BUCKETS = {"ServiceCode": "s3", "QuotaCode": "L-DC2B2D3D"}


def test_cloudformation_knows_how_many_stacks_there_may_be(aws: Aws) -> None:
    limits = aws.client("cloudformation").describe_account_limits()["AccountLimits"]
    assert {"Name": "StackLimit", "Value": 2000} in limits


def test_ministack_still_does_not_know_cloudformations_limits(pristine: Aws) -> None:
    with pytest.raises(ClientError, match="Unknown action"):
        pristine.client("cloudformation").describe_account_limits()


def test_an_applied_quota_is_looked_up(aws: Aws) -> None:
    found = aws.client("service-quotas").get_service_quota(**NETWORKS)["Quota"]
    assert (found["QuotaCode"], found["Value"]) == ("L-F678F1CE", 5)


def test_where_none_is_applied_only_the_default_is_known(aws: Aws) -> None:
    quotas = aws.client("service-quotas")
    with pytest.raises(quotas.exceptions.NoSuchResourceException):
        quotas.get_service_quota(**BUCKETS)
    assert quotas.get_aws_default_service_quota(**BUCKETS)["Quota"]["Value"] == 10_000


def test_the_quota_of_buckets_is_known_in_one_region_only(aws: Aws) -> None:
    quotas = aws.client("service-quotas", "eu-west-2")
    with pytest.raises(quotas.exceptions.NoSuchResourceException):
        quotas.get_aws_default_service_quota(**BUCKETS)


def test_ministack_still_lacks_service_quotas(pristine: Aws) -> None:
    with pytest.raises(ClientError):
        client_of(pristine.instance, "service-quotas", config=ONCE).get_service_quota(**NETWORKS)
