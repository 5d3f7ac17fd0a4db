"""The ARN of what was found: by it, whoever reads a list finds the thing again."""

from __future__ import annotations

from collections.abc import Mapping

from runbook.adopt.account import Account
from runbook.adopt.item import Live

PATHS: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::InternetGateway": ("ec2", "internet-gateway/"),
    "AWS::EC2::RouteTable": ("ec2", "route-table/"),
    "AWS::EC2::SecurityGroup": ("ec2", "security-group/"),
    "AWS::EC2::Subnet": ("ec2", "subnet/"),
    "AWS::EC2::VPC": ("ec2", "vpc/"),
    "AWS::EC2::FlowLog": ("ec2", "vpc-flow-log/"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::RDS::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBClusterParameterGroup": ("rds", "cluster-pg:"),
    "AWS::RDS::DBInstance": ("rds", "db:"),
    "AWS::RDS::DBParameterGroup": ("rds", "pg:"),
    "AWS::RDS::DBSubnetGroup": ("rds", "subgrp:"),
    "AWS::SES::ConfigurationSet": ("ses", "configuration-set/"),
    "AWS::SES::EmailIdentity": ("ses", "identity/"),
    "AWS::SES::ReceiptRuleSet": ("ses", "receipt-rule-set/"),
    "AWS::SSM::Document": ("ssm", "document/"),
}
"""By type: the service, and what stands before the identifier.

<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
"""


def arn_of(account: Account, live: Live) -> str:
    """Return a resource's ARN; nothing for what has none, as a route or an attachment."""
    identifier = live.identifier
    if identifier.startswith("arn:"):
        return identifier
    if live.type in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
        return f"arn:{account.partition}:s3:::{identifier}"
    if "Arn" in live.properties:
        return str(live.properties["Arn"])
    if live.type == "AWS::IAM::Group":
        path = live.properties.get("Path", "/")
        return f"arn:{account.partition}:iam::{account.number}:group{path}{identifier}"
    service, before = PATHS.get(live.type, ("", ""))
    return account.arn(service, f"{before}{identifier}") if service else ""


def named(account: Account, live: Live, name: str = "") -> str:
    """Return what people call a resource, its identifier unless named, with its ARN."""
    arn, known = arn_of(account, live), name or live.identifier
    return f"{known} ({arn})" if arn and arn != known else known
