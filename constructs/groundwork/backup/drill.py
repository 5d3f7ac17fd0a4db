"""What a restore drill needs besides reading: to say how it ended, and alarms about that."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import NotificationTopic, add_drill_alarms
from settings.contract import DRILL_NAMESPACE, DRILLS

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
    """Alarms when a drill fails, and when none succeeded for some whole hours, up to 7 days."""

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
        topic = NotificationTopic(
            self, "topic", display_name=f"Drills of {bucket}"[:100], subscribers=notify
        )
        alarms = f"{bucket} drill {name}"
        topic.allow_alarms(f"{alarms} *")
        add_drill_alarms(
            self,
            name=alarms,
            dimensions={"Bucket": bucket, "User": name},
            failed=f"A drill by {name} failed: a backup in {bucket} could not be restored. "
            f"groundwork backup drill {name} says why.",
            missing=f"No drill by {name} succeeded for {hours} h: nobody knows whether the backups "
            f"in {bucket} can be restored.",
            hours=hours,
            topic_arn=topic.arn,
        )
