"""What somebody has to hear of before a container service stops serving."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from groundwork.kit import Alarm, Metric, NotificationTopic, Threshold, arn_in_stack
from groundwork.kit.alarm import MINUTE
from settings.models.services import Service

USE, INSIGHTS = "AWS/ECS", "ECS/ContainerInsights"
FAILING = ("SERVICE_DEPLOYMENT_FAILED", "SERVICE_TASK_START_IMPAIRED")
"""A deployment that its circuit breaker gave up, and, without one, tasks that keep failing.

<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
"""


class ServiceAlarms(Construct):
    """The alarms of one service, named "name what", with a message when they end, too.

    A service without tasks reports no CPU and no memory, which is no saturation: `tasks` is about
    that.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, declared: Service
    ) -> None:
        super().__init__(scope, construct_id)
        self._name, self._declared = name, declared
        self._minutes = declared.lasting // MINUTE
        self._dimensions = {"ClusterName": declared.cluster, "ServiceName": declared.service}
        self.topic = NotificationTopic(
            self, "topic", display_name=f"Service {name}"[:100], subscribers=declared.notify
        )
        self.topic.allow_alarms(f"{name} *")
        self.cpu = self._watch_share("cpu", "CPUUtilization", declared.cpu_above, _done(declared))
        self._watch_share(
            "memory",
            "MemoryUtilization",
            declared.memory_above,
            "Tasks that use up their memory are stopped.",
        )
        if declared.container_insights:
            self._watch_desired()
        else:
            self._watch_any()
        self._watch_deployments()

    def _watch_share(self, what: str, metric: str, above: int, then: str) -> Alarm:
        return Alarm(
            self,
            what,
            name=f"{self._name} {what}",
            description=f"{self._service} uses more than {above} % of its {what} for "
            f"{self._minutes} minutes. {then}",
            metric=Metric(USE, metric, self._dimensions),
            threshold=Threshold(
                "Average", "GreaterThan", above, MINUTE, self._minutes, "notBreaching"
            ),
            topic_arn=self.topic.arn,
            notify_when_ok=True,
        )

    def _watch_any(self) -> None:
        """Each running task reports its CPU once a minute: no report is no task.

        <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cw_running_task_count.html>
        """
        Alarm(
            self,
            "tasks",
            name=f"{self._name} tasks",
            description=f"{self._service} has no running task for {self._minutes} minutes.",
            metric=Metric(USE, "CPUUtilization", self._dimensions),
            threshold=Threshold("SampleCount", "LessThan", 1, MINUTE, self._minutes, "breaching"),
            topic_arn=self.topic.arn,
            notify_when_ok=True,
        )

    def _watch_desired(self) -> None:
        """Compare two metrics, which only Container Insights has.

        <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>
        """
        missing = cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id="missing",
            expression="desired - running",
            label="Tasks below the desired number",
            return_data=True,
        )
        cloudwatch.CfnAlarm(
            self,
            "tasks",
            alarm_name=f"{self._name} tasks",
            alarm_description=f"{self._service} has fewer running tasks than desired for "
            f"{self._minutes} minutes.",
            metrics=[
                missing,
                self._insight("desired", "DesiredTaskCount"),
                self._insight("running", "RunningTaskCount"),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=self._minutes,
            treat_missing_data="breaching",
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
        )

    def _insight(self, name: str, metric: str) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
        dimensions = [
            cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value)
            for key, value in self._dimensions.items()
        ]
        return cloudwatch.CfnAlarm.MetricDataQueryProperty(
            id=name,
            return_data=False,
            metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
                metric=cloudwatch.CfnAlarm.MetricProperty(
                    namespace=INSIGHTS, metric_name=metric, dimensions=dimensions
                ),
                period=MINUTE,
                stat="Average",
            ),
        )

    def _watch_deployments(self) -> None:
        declared = self._declared
        self.topic.allow_events()
        resource = f"service/{declared.cluster}/{declared.service}"
        transformer = events.CfnRule.InputTransformerProperty(
            input_paths_map={"event": "$.detail.eventName", "reason": "$.detail.reason"},
            input_template=f'"{self._service}: a deployment keeps failing (<event>). <reason>"',
        )
        target = events.CfnRule.TargetProperty(
            id="topic", arn=self.topic.arn, input_transformer=transformer
        )
        events.CfnRule(
            self,
            "deployments",
            description=f"{self._service}: deployments that keep failing",
            event_pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
                "resources": [arn_in_stack(self, "ecs", resource)],
                "detail": {"eventName": [*FAILING]},
            },
            targets=[target],
        )

    @property
    def _service(self) -> str:
        return f"Service {self._declared.service} of cluster {self._declared.cluster}"


def _done(declared: Service) -> str:
    if declared.replace:
        return "Its tasks are replaced by a new deployment, once an hour at most."
    return "Give it more CPU or more tasks."
