"""A word on stacks that ask much of SES at once.

SES takes one call a second, but for sending. What it puts off is `Throttling` to CloudFormation,
which is among the errors that it repeats; for how long, AWS does not say.
<https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
<https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runbook.changes.parts import Effect
from runbook.changes.review import StackReview

MANY = 20
"""Resources of SES, up to which nobody has to think of it."""


def notes(stacks: Iterable[StackReview]) -> Iterator[str]:
    """Name each stack that adds many resources of SES, and what to do if SES puts off too many."""
    for stack in stacks:
        added = [change for change in stack.changes if change.effect is Effect.ADD]
        count = sum(change.type.startswith("AWS::SES::") for change in added)
        if count > MANY:
            yield (
                f"{stack.name} adds {count} resources of SES, which takes one call a second. "
                "CloudFormation repeats what SES puts off; should it give up with “Rate exceeded”, "
                "everything goes back to what it was. Then prepare a part of them at a time."
            )
