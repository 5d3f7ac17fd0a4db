"""Where a proxy leads, without a wait for somebody to log in there."""

from __future__ import annotations

from typing import TypedDict

import boto3

from ..shared import cloudformation
from ..shared.cloudformation import Event
from ..shared.retry import retry_until_allowed


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
        print("The proxy leads there already.")
