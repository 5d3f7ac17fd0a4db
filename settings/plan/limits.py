"""CloudFormation's limits of a stack, each found at the item that is one too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from settings.models.base import Problem
from settings.plan import plans
from settings.plan.quotas import quota_problems
from settings.plan.sizes import base, sizes

if TYPE_CHECKING:
    from settings.models.settings import Settings
    from settings.plan import StackPlan

RESOURCES, OUTPUTS = 500, 200
"""<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>"""

_DIVIDED = {
    "databases": "in another network, with a stack of its own",
    "security_groups": "in another network, with a stack of its own",
    "configuration_sets": "in another file, with an environment of its own",
}
"""How a stack gets room for more, by the kind of item. Every other kind has a field `stack`."""


def limit_problems(settings: Settings) -> Iterator[Problem]:
    """Yield what is right by itself and more than AWS takes."""
    found = plans(settings)
    for plan in found:
        yield from _stack(plan)
    yield from quota_problems(settings, found)


def _stack(plan: StackPlan) -> Iterator[Problem]:
    resources, outputs = base(plan.items), 1
    for size in sizes(plan.items):
        resources += size.resources
        outputs += size.outputs
        counts = ((resources, RESOURCES, "resources"), (outputs, OUTPUTS, "outputs"))
        for counted, most, what in counts:
            if counted > most:
                advice = _DIVIDED.get(str(size.path[1]), "in a further stack, by the field stack")
                yield Problem(
                    size.path,
                    f"{advice}: {plan.name} would have {counted} {what}, and CloudFormation takes "
                    f"{most}. Divide new items only: one that is deployed cannot move",
                    key=True,
                )
                return
