"""Clients of one region, each made once: a stack asks about many resources of few services."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3

from runbook.base import aws

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient


@cache
def ec2(region: str) -> EC2Client:
    """Security groups."""
    return boto3.client("ec2", region_name=region, config=aws.CONFIG)


@cache
def iam(region: str) -> IAMClient:
    """Users, roles and policies."""
    return boto3.client("iam", region_name=region, config=aws.CONFIG)


@cache
def rds(region: str) -> RDSClient:
    """Databases."""
    return boto3.client("rds", region_name=region, config=aws.CONFIG)


@cache
def ses(region: str) -> SESClient:
    """Identities' feedback, and receiving."""
    return boto3.client("ses", region_name=region, config=aws.CONFIG)


@cache
def sesv2(region: str) -> SESV2Client:
    """The account's sending."""
    return boto3.client("sesv2", region_name=region, config=aws.CONFIG)


@cache
def sns(region: str) -> SNSClient:
    """Topics and their subscriptions."""
    return boto3.client("sns", region_name=region, config=aws.CONFIG)
