"""Sessions of Session Manager: who may open one to a replica alone, and where shells are logged."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.security_group import PORT
from groundwork.kit import arn_in_stack

PREFERENCES = "SSM-SessionManagerRunShell"
"""The document with which a shell is opened that names no other: one in an account and region."""
LOCAL_PORT = (
    "([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
OWN_SESSIONS = "Whoever opened a session ends it: its name begins with theirs."
STATES = "EC2 knows no resource for asking which state a machine is in."


class ReplicaSessions(Construct):
    """A tunnel through a bastion that leads to one host and port, and the policy to open it alone.

    The host stands in the document, so that nobody who opens the tunnel says where it goes. The
    policy is attached to the roles that the file names; whoever runs the account attaches it to
    others. It allows no shell, and no other document: the condition has IAM look at the document of
    a session that names none, too.
    <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bastion: str,
        host: str,
        serves: str,
        roles: Sequence[str],
    ) -> None:
        """`bastion` is the instance's id, `roles` are ARNs."""
        super().__init__(scope, construct_id)
        self.document = ssm.CfnDocument(
            self,
            "document",
            document_type="Session",
            update_method="NewVersion",
            content=_tunnel(host, serves),
        )
        named = Construct(self, "roles")
        machine = arn_in_stack(self, "ec2", f"instance/{bastion}")
        document = arn_in_stack(self, "ssm", f"document/{self.document.ref}")
        self.policy = iam.ManagedPolicy(
            self,
            "policy",
            description=f"Opens tunnels to {serves}, and nothing else",
            roles=[iam.Role.from_role_arn(named, role.rpartition("/")[2], role) for role in roles],
            statements=_opening(
                machine, document, own=arn_in_stack(self, "ssm", "session/${aws:userid}-*")
            ),
        )
        sessions = arn_in_stack(self, "ssm", "session/<aws:userid>-*")
        acknowledge(self.policy, f"AwsSolutions-IAM5[Resource::{sessions}]", OWN_SESSIONS)
        acknowledge(self.policy, "AwsSolutions-IAM5[Resource::*]", STATES)


def _opening(machine: str, document: str, *, own: str) -> list[iam.PolicyStatement]:
    """Allow to open a session with one document, to end one's own, and to start the machine."""
    return [
        iam.PolicyStatement(
            actions=["ssm:StartSession"],
            resources=[machine, document],
            conditions={"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}},
        ),
        iam.PolicyStatement(actions=["ssm:ResumeSession", "ssm:TerminateSession"], resources=[own]),
        iam.PolicyStatement(actions=["ec2:StartInstances"], resources=[machine]),
        iam.PolicyStatement(actions=["ec2:DescribeInstanceStatus"], resources=["*"]),
    ]


def _tunnel(host: str, serves: str) -> dict[str, object]:
    """Return a document for sessions of one kind: a port of the caller's machine to the host's."""
    return {
        "schemaVersion": "1.0",
        "description": f"A tunnel to {serves}",
        "sessionType": "Port",
        "parameters": {
            "localPortNumber": {
                "type": "String",
                "description": "The port of one's own machine; one that is free, unless named",
                "allowedPattern": f"^{LOCAL_PORT}$",
                "default": "0",
            }
        },
        "properties": {
            "type": "LocalPortForwarding",
            "host": host,
            "portNumber": str(PORT),
            "localPortNumber": "{{ localPortNumber }}",
        },
    }


class SessionLog(Construct):
    """The log of every shell that Session Manager opens in the region, whatever the machine.

    It is a preference of the account in a region, which exists once. Session Manager logs what is
    typed and shown in a shell; of a tunnel it logs nothing, as what goes through is encrypted for
    its ends: CloudTrail has who opened one, where to and when, and the database's log who came.
    <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html>
    """

    def __init__(self, scope: Construct, construct_id: str, *, days: int) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.CfnLogGroup(self, "log", retention_in_days=days)
        self.log_group.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        ssm.CfnDocument(
            self,
            "preferences",
            name=PREFERENCES,
            document_type="Session",
            update_method="NewVersion",
            content={
                "schemaVersion": "1.0",
                "description": "Shells of Session Manager, logged",
                "sessionType": "Standard_Stream",
                "inputs": {
                    "cloudWatchLogGroupName": self.log_group.ref,
                    "cloudWatchEncryptionEnabled": False,
                    "cloudWatchStreamingEnabled": True,
                    "idleSessionTimeout": "20",
                },
            },
        )

    def grant(self, role: iam.Role) -> None:
        """Let a machine write what its shells do: the agent there does it, as the machine.

        <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html>
        """
        group = arn_in_stack(self, "logs", f"log-group:{self.log_group.ref}:*")
        groups = arn_in_stack(self, "logs", "log-group:*")
        policy = iam.ManagedPolicy(
            role,
            "log",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    resources=[group],
                ),
                iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=[groups]),
            ],
        )
        logged = f"AwsSolutions-IAM5[Resource::arn:aws:logs:{Stack.of(self).region}"
        account = Stack.of(self).account
        name = Stack.of(self).get_logical_id(self.log_group)
        streams = f"{logged}:{account}:log-group:<{name}>:*]"
        acknowledge(policy, streams, "The streams of one log group, one for each session.")
        acknowledge(
            policy,
            f"{logged}:{account}:log-group:*]",
            "The agent asks whether the log group is there, for which IAM knows no single one.",
        )
