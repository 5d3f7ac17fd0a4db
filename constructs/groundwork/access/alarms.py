"""Alarms about an execution that was stopped, and about guards that may not be back."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from groundwork.kit import Alarm, Metric, NotificationTopic, Threshold
from groundwork.kit.alarm import MINUTE

AT_ONCE = Threshold("Sum", "GreaterThanOrEqualTo", 1, 5 * MINUTE, 1, "notBreaching")
LOOK = (
    "groundwork changes execute, with the review's id, guards its stacks, and groundwork doctor "
    "names those that are not guarded."
)


class GuardAlarms(Construct):
    """Tells people where stacks may have been left without what guards their data.

    EventBridge delivers the event of a stopped execution as well as it can, without a promise:
    so the execution itself is watched, by a metric that does not depend on events.
    <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        machine: tuple[str, str],
        guards: tuple[str, str],
        rule: str,
        notify: Sequence[str],
    ) -> None:
        """Watch two state machines, each a name and an ARN, and the rule that joins them."""
        super().__init__(scope, construct_id)
        self._topic = NotificationTopic(
            self, "topic", display_name="Guards of Groundwork's stacks", subscribers=notify
        )
        self._topic.allow_alarms(*(f"{name} *" for name, _ in (machine, guards)))
        stopped = "An execution of approved changes {}. AWS guards its stacks now."
        left = "What guards the stacks of a stopped execution {}: data may be unguarded."
        for what, (name, arn), metric, text in (
            ("stopped", machine, "ExecutionsAborted", stopped.format("was stopped")),
            ("timed out", machine, "ExecutionsTimedOut", stopped.format("took longer than a day")),
            ("failed", guards, "ExecutionsFailed", left.format("failed")),
            ("stopped", guards, "ExecutionsAborted", left.format("was stopped itself")),
        ):
            self._watch(f"{name} {what}", text, Metric("AWS/States", metric, _of(arn)))
        never = left.format("could not be started")
        lost = Metric("AWS/Events", "FailedInvocations", {"RuleName": rule})
        self._watch(f"{guards[0]} not started", never, lost)

    def _watch(self, name: str, text: str, metric: Metric) -> None:
        Alarm(
            self,
            name,
            name=name,
            description=f"{text} {LOOK}",
            metric=metric,
            threshold=AT_ONCE,
            topic_arn=self._topic.arn,
        )


def _of(machine: str) -> dict[str, str]:
    return {"StateMachineArn": machine}
