"""The container services of one region, watched."""

from __future__ import annotations

from constructs import Construct

from groundwork.services import ServiceAlarms, ServiceReplacement
from settings.plan import StackPlan
from settings.plan.services import ServiceItem, ServiceItems
from stacks.area import AreaStack


class ServicesStack(AreaStack):
    """Alarms of services that others deploy, and what replaces their tasks where asked."""

    def __init__(self, scope: Construct, plan: StackPlan, items: ServiceItems) -> None:
        super().__init__(scope, plan)
        group = self.group("services")
        for name, item in items.services.items():
            self._watch(group, name, item)

    def _watch(self, scope: Construct, name: str, item: ServiceItem) -> None:
        alarms = ServiceAlarms(scope, name, name=item.alarms, declared=item.declared)
        if item.declared.replace:
            ServiceReplacement(
                alarms,
                "replacement",
                declared=item.declared,
                alarm=alarms.cpu,
                topic_arn=alarms.topic.arn,
            )
