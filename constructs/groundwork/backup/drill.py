"""What a restore drill needs besides reading: to say how it ended, and alarms about that."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import Alarm, Metric, NotificationTopic, Threshold
from groundwork.kit.alarm import HOUR
from settings.contract import DRILL_METRIC, DRILL_NAMESPACE, DRILLS

EVERY_RESULT = "Each result is an object with its time in its name, below the drill's own folder."
NO_RESOURCE = "CloudWatch takes no resource for a metric; the condition names the one namespace."


class DrillPolicy(Construct):
    """Lets a user that reads backups record its drills: own objects, and one metric's namespace.

    It can neither change nor remove a backup: a drill machine that is taken over destroys none.
    <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.Bucket, name: str, user: iam.User
    ) -> None:
        super().__init__(scope, construct_id)
        results = f"{DRILLS}/{name}/*"
        record = iam.PolicyStatement(
            actions=["s3:PutObject"], resources=[bucket.arn_for_objects(results)]
        )
        measure = iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": DRILL_NAMESPACE}},
        )
        policy = iam.ManagedPolicy(self, "policy", statements=[record, measure], users=[user])
        logical_id = Stack.of(self).resolve(bucket.bucket_arn)["Fn::GetAtt"][0]
        finding = f"AwsSolutions-IAM5[Resource::<{logical_id}.Arn>/{results}]"
        acknowledge(policy, finding, EVERY_RESULT)
        acknowledge(policy, "AwsSolutions-IAM5[Resource::*]", NO_RESOURCE)


class DrillAlarms(Construct):
    """Alarms when a drill fails, and when none succeeded for some whole hours, up to 7 days.

    A drill that is not run reports nothing, which is the failure that the second is about: missing
    data is breaching. A new drill's alarm begins within the hour, and ends with its first success.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: str,
        name: str,
        hours: int,
        notify: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._metric = Metric(DRILL_NAMESPACE, DRILL_METRIC, {"Bucket": bucket, "User": name})
        self._alarms = f"{bucket} drill {name}"
        self._topic = NotificationTopic(
            self, "topic", display_name=f"Drills of {bucket}"[:100], subscribers=notify
        )
        self._topic.allow_alarms(f"{self._alarms} *")
        self._watch(
            "failed",
            f"A drill by {name} failed: a backup in {bucket} could not be restored. "
            f"groundwork backup drill {name} says why.",
            Threshold("Minimum", "LessThan", 1, HOUR, 1, "notBreaching"),
        )
        self._watch(
            "missing",
            f"No drill by {name} succeeded for {hours} h: nobody knows whether the backups in "
            f"{bucket} can be restored.",
            Threshold("Sum", "LessThan", 1, HOUR, hours, "breaching"),
        )

    def _watch(self, what: str, description: str, threshold: Threshold) -> None:
        Alarm(
            self,
            what,
            name=f"{self._alarms} {what}",
            description=description,
            metric=self._metric,
            threshold=threshold,
            topic_arn=self._topic.arn,
            tell_when_over=True,
        )
