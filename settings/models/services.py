"""The services of the configuration: containers on ECS that are watched, and replaced if asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings.models.base import Model, Problem
from settings.values.addresses import EmailAddress
from settings.values.durations import Seconds
from settings.values.names import EcsName, Label, Region
from settings.values.regions import DEFAULT_REGION

MINUTE, DAY = 60, 86_400
Percent = Annotated[int, Field(ge=1, le=100)]


class Service(Model):
    """A service of ECS that is deployed elsewhere: when it raises an alarm, and what is done.

    <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html>
    """

    cluster: EcsName
    """The name of its cluster in ECS."""
    service: EcsName
    """Its name in the cluster."""
    region: Region = DEFAULT_REGION
    """Where it runs; the file's `region` unless named."""
    cpu_above: Percent = 90
    """The share of its reserved CPU above which it is saturated, in percent."""
    memory_above: Percent = 90
    """The share of its reserved memory above which it is saturated, in percent."""
    lasting: Annotated[Seconds, Field(alias="for", json_schema_extra={"default": "15m"})] = (
        15 * MINUTE
    )
    """For how long, before an alarm is raised: whole minutes, from 1m to 1d."""
    replace: bool = False
    """Replace its tasks by one new deployment when its CPU is saturated, once an hour at most.

    Not while a deployment is running, and not within an hour of the last, whoever made it.
    """
    container_insights: bool = False
    """The cluster has Container Insights, so that tasks below the desired number raise an alarm.

    Without it, ECS reports no desired number, and only a service without any task does.
    """
    notify: Annotated[tuple[EmailAddress, ...], Field(min_length=1)]
    """Who gets its alarms, and is told of failing deployments and of replaced tasks."""
    stack: Label | None = None
    """A further stack for this service, once its stack nears CloudFormation's 500 resources."""

    def problems(self) -> Iterator[Problem]:
        """Keep within what CloudWatch looks back on by the minute."""
        if self.lasting % MINUTE or self.lasting > DAY:
            message = "whole minutes, from 1m to 1d: CloudWatch looks back no further"
            yield Problem(("for",), message)
