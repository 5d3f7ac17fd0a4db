"""One new deployment of a saturated service, by a state machine without code of ours."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.kit import Alarm, add_starter, arn_in_stack
from groundwork.kit.alarm import MINUTE
from settings.models.services import Service

HOUR_IN_MS = 3_600_000
UNLOGGED = (
    "Step Functions keeps every input and step of an execution for 90 days, and the topic tells "
    "how it ended."
)


class ServiceReplacement(Construct):
    """Replaces the tasks of one service when its alarm goes off: alarm, rule, state machine, ECS.

    The state machine looks at the service's deployments first. It leaves the service alone while
    one is running or has failed, and within an hour of the last: whoever made it, so that it never
    works against a person. Whatever it does is published to the topic.
    <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>

    An alarm cannot start a state machine, but EventBridge gets its changes of state.
    <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: Service,
        alarm: Alarm,
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        machine = stepfunctions.CfnStateMachine(
            self,
            "machine",
            definition_string=Stack.of(self).to_json_string(_definition(declared, topic_arn)),
            role_arn=self._role(declared, topic_arn).role_arn,
        )
        acknowledge(machine, "AwsSolutions-SF1", UNLOGGED)
        acknowledge(machine, "AwsSolutions-SF2", UNLOGGED)
        self._start(machine.ref, alarm)

    def _role(self, declared: Service, topic_arn: str) -> iam.Role:
        """Make the machine's role, which reaches this one service."""
        name = f"service/{declared.cluster}/{declared.service}"
        service = iam.PolicyStatement(
            actions=["ecs:DescribeServices", "ecs:UpdateService"],
            resources=[arn_in_stack(self, "ecs", name)],
        )
        topic = iam.PolicyStatement(actions=["sns:Publish"], resources=[topic_arn])
        return iam.Role(
            self,
            "role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
            inline_policies={"replace": iam.PolicyDocument(statements=[service, topic])},
        )

    def _start(self, machine_arn: str, alarm: Alarm) -> None:
        """Start the machine whenever the alarm goes off."""
        role = add_starter(self, machine_arn, iam.ServicePrincipal("events.amazonaws.com"))
        events.CfnRule(
            self,
            "rule",
            description="Starts the replacement of a saturated service's tasks",
            event_pattern={
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                "resources": [alarm.attr_arn],
                "detail": {"state": {"value": ["ALARM"]}},
            },
            targets=[
                events.CfnRule.TargetProperty(id="machine", arn=machine_arn, role_arn=role.role_arn)
            ],
        )


def _definition(declared: Service, topic_arn: str) -> dict[str, object]:
    """Write the states, in the Amazon States Language with JSONata.

    <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>
    """
    service = f"Service {declared.service} of cluster {declared.cluster}"
    return {
        "Comment": f"replaces the tasks of {service[0].lower()}{service[1:]} by one new deployment "
        f"when its CPU is above {declared.cpu_above} % for {declared.lasting // MINUTE} minutes, "
        "once an hour at most",
        "QueryLanguage": "JSONata",
        "StartAt": "Look",
        "States": {
            "Look": _look(declared, service),
            "Decide": _decide(service),
            "Replace": _replace(declared, service),
            "Tell": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sns:publish",
                "Arguments": {"TopicArn": topic_arn, "Message": "{% $states.input.said %}"},
                "Output": "{% $states.input %}",
                "End": True,
            },
        },
    }


def _look(declared: Service, service: str) -> dict[str, object]:
    """Ask for the service's deployments."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ecs:describeServices",
        "Arguments": {"Cluster": declared.cluster, "Services": [declared.service]},
        "Output": {
            "deployments": "{% [$states.result.Services[0].Deployments] %}",
            # The time of the event, not of the machine's clock: when the alarm went off.
            "time": "{% $states.input.time %}",
        },
        "Next": "Decide",
        "Catch": _tell_error(service),
    }


def _replace(declared: Service, service: str) -> dict[str, object]:
    """Make one new deployment."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:ecs:updateService",
        "Arguments": {
            "Cluster": declared.cluster,
            "Service": declared.service,
            "ForceNewDeployment": True,
        },
        "Output": {"said": f"{service} was saturated: a new deployment replaces its tasks."},
        "Next": "Tell",
        "Catch": _tell_error(service),
    }


def _decide(service: str) -> dict[str, object]:
    """Leave the service alone for one of three reasons, in words; else replace its tasks."""
    deployments, alone = "$states.input.deployments", "is saturated and is left alone:"
    reasons = {
        f"$count({deployments}) = 0": "it does not exist.",
        f"$count({deployments}) > 1 or {deployments}[0].RolloutState in "
        "['IN_PROGRESS', 'FAILED']": "a deployment of it is running or has failed.",
        f"$toMillis($states.input.time) - $toMillis({deployments}[0].CreatedAt) < {HOUR_IN_MS}": (
            "it was deployed within the last hour."
        ),
    }
    choices = [
        {
            "Condition": f"{{% {condition} %}}",
            "Output": {"said": f"{service} {alone} {reason}"},
            "Next": "Tell",
        }
        for condition, reason in reasons.items()
    ]
    return {"Type": "Choice", "Choices": choices, "Default": "Replace"}


def _tell_error(service: str) -> list[dict[str, object]]:
    """Tell of what AWS refuses, in place of an execution that fails where nobody looks."""
    said = (
        f"{{% '{service} is saturated, and could not be replaced: ' & $states.errorOutput.Cause %}}"
    )
    return [{"ErrorEquals": ["States.ALL"], "Output": {"said": said}, "Next": "Tell"}]
