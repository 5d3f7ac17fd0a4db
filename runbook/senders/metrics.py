"""What SES counted of each sender's mail, from CloudWatch.

<https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import boto3

from runbook.base import aws

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricTypeDef,
    )

NAMESPACE = "AWS/SES"
SENDER = "ses:caller-identity"
SET = "ses:configuration-set"
DAY = 86_400
DAYS = 30
AT_ONCE = 500
"""Metrics that CloudWatch takes in one call."""


@dataclass(frozen=True)
class Metric:
    """A metric of SES, of the account or of one sender or configuration set."""

    name: str
    statistic: str = "Sum"
    dimension: str = ""
    value: str = ""


def by_day(
    region: str, metrics: Sequence[Metric], now: datetime, days: int = DAYS
) -> Mapping[Metric, list[tuple[datetime, float]]]:
    """Return the values of whole periods of 24 hours until now, the oldest first."""
    client = boto3.client("cloudwatch", region_name=region, config=aws.CONFIG)
    found: dict[Metric, list[tuple[datetime, float]]] = {metric: [] for metric in metrics}
    for batch in _batches(metrics):
        queries = [_query(number, metric) for number, metric in enumerate(batch)]
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=now - timedelta(days=days), EndTime=now
        )
        for page in pages:
            for answer in page["MetricDataResults"]:
                points = zip(answer["Timestamps"], answer["Values"], strict=True)
                found[batch[int(answer["Id"][1:])]] += points
    return {metric: sorted(points) for metric, points in found.items()}


def _query(number: int, metric: Metric) -> MetricDataQueryTypeDef:
    named: list[DimensionTypeDef] = []
    if metric.dimension:
        named.append({"Name": metric.dimension, "Value": metric.value})
    wanted: MetricTypeDef = {"Namespace": NAMESPACE, "MetricName": metric.name, "Dimensions": named}
    return {
        "Id": f"m{number}",
        "MetricStat": {"Metric": wanted, "Period": DAY, "Stat": metric.statistic},
    }


def _batches(metrics: Sequence[Metric]) -> Iterator[list[Metric]]:
    rest = iter(metrics)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
