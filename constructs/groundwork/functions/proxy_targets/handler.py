"""Where a proxy leads, without a wait for somebody to log in there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import boto3

from ..shared import cloudformation
from ..shared.cloudformation import Event, Failure
from ..shared.retry import retry_until_allowed

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient


class Properties(TypedDict):
    """What the request asks for."""

    Proxy: str
    Cluster: str


def handle(event: Event[Properties], context: object) -> None:
    """Serve one request of CloudFormation."""
    cloudformation.answer(event, event["ResourceProperties"]["Proxy"], _apply)


def _apply(event: Event[Properties]) -> None:
    """Register the cluster. When the target group goes, CloudFormation takes it from there."""
    if event["RequestType"] == "Delete":
        return
    rds = retry_until_allowed(boto3.client("rds"))
    asked = event["ResourceProperties"]
    try:
        rds.register_db_proxy_targets(
            DBProxyName=asked["Proxy"], DBClusterIdentifiers=[asked["Cluster"]]
        )
    except rds.exceptions.DBProxyTargetAlreadyRegisteredFault:
        _check(rds, asked)


def _check(rds: RDSClient, asked: Properties) -> None:
    """Fail unless the proxy leads there: RDS refuses a second cluster by the same error."""
    targets = rds.describe_db_proxy_targets(DBProxyName=asked["Proxy"])["Targets"]
    clusters = [each["RdsResourceId"] for each in targets if each["Type"] == "TRACKED_CLUSTER"]
    if clusters != [asked["Cluster"]]:
        raise Failure(
            f"The proxy {asked['Proxy']} leads to {', '.join(clusters) or 'something else'}, and "
            f"RDS takes one cluster: deregister that before {asked['Cluster']} is registered."
        )
