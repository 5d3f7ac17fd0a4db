"""A way to databases without a public address."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import CfnTag, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.security_group import DatabaseSecurityGroup
from groundwork.data.vpc import Vpc

STOP_WHEN_IDLE = Path(__file__).with_name("stop_when_idle.sh")
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""Amazon Linux with the SSM agent.

CloudFormation reads the parameter at every update of the stack. After Amazon has published an image
the next update, whatever it is about, makes the machine anew: sessions end, and its id is another.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html>

That is how it is patched, in a reviewed change that says so. In a launch template `resolve:ssm:`
would be looked up at the launch alone: no update would end a session, and none would ever patch.
<https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html>
"""


class Bastion(Construct):
    """The smallest machine, which Session Manager alone reaches and which stops itself when idle.

    It takes no connection from anywhere, has no key pair, and opens none but to AWS and to the
    network's databases. Stopped, it costs its disk of 8 GiB. Databases take it in by being members
    of `databases`.
    <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html>
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, vpc: Vpc, serves: str | None = None
    ) -> None:
        """`serves` is what it leads to: the databases of the network, unless named."""
        super().__init__(scope, construct_id)
        self.serves = serves or vpc.node.id
        self.group = DatabaseSecurityGroup(
            self,
            "group",
            vpc=vpc,
            description=f"Bastion of {self.serves}, which takes no connection",
            egress=[_HTTPS],
        )
        self.databases = DatabaseSecurityGroup(
            self,
            "databases",
            vpc=vpc,
            description=f"Databases of {self.serves} that its bastion reaches",
        )
        self.databases.admit("bastion", self.group)
        self.instance = self._instance(vpc)
        for resource in vpc.internet:
            self.instance.add_resource_dependency(resource)

    def _instance(self, vpc: Vpc) -> ec2.CfnInstance:
        self.role = self._role()
        profile = iam.CfnInstanceProfile(self, "profile", roles=[self.role.role_name])
        instance = ec2.CfnInstance(
            self,
            "instance",
            image_id=f"{{{{resolve:ssm:{IMAGE}}}}}",
            instance_type="t4g.nano",
            credit_specification=ec2.CfnInstance.CreditSpecificationProperty(
                cpu_credits="standard"
            ),
            iam_instance_profile=profile.ref,
            network_interfaces=[_interface(vpc.bastion_subnet, self.group)],
            block_device_mappings=[_DISK],
            metadata_options=ec2.CfnInstance.MetadataOptionsProperty(
                http_tokens="required", http_put_response_hop_limit=1
            ),
            instance_initiated_shutdown_behavior="stop",
            user_data=Fn.base64(STOP_WHEN_IDLE.read_text(encoding="utf-8")),
            tags=[CfnTag(key="Name", value=f"bastion {self.serves}")],
        )
        acknowledge(
            instance, "AwsSolutions-EC28", "It runs for single sessions; nobody watches its load."
        )
        acknowledge(
            instance, "AwsSolutions-EC29", "It holds nothing: another takes its place in minutes."
        )
        return instance

    def _role(self) -> iam.Role:
        """Being reached through Session Manager, and nothing else of Systems Manager.

        <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html>
        """
        sessions = iam.PolicyStatement(
            actions=[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            resources=["*"],
        )
        role = iam.Role(
            self,
            "role",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            inline_policies={"sessions": iam.PolicyDocument(statements=[sessions])},
        )
        acknowledge(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            "The channels of Session Manager are no resources that a policy could name.",
        )
        return role


_HTTPS = ec2.CfnSecurityGroup.EgressProperty(
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ip="0.0.0.0/0",
    description="Session Manager",
)
_DISK = ec2.CfnInstance.BlockDeviceMappingProperty(
    device_name="/dev/xvda",
    ebs=ec2.CfnInstance.EbsProperty(
        encrypted=True, volume_type="gp3", volume_size=8, delete_on_termination=True
    ),
)


def _interface(
    subnet: ec2.CfnSubnet, group: DatabaseSecurityGroup
) -> ec2.CfnInstance.NetworkInterfaceProperty:
    """Ask for a public address, which the machine has only while it runs.

    Without one it would need interface endpoints for Session Manager, paid for day and night.
    """
    return ec2.CfnInstance.NetworkInterfaceProperty(
        device_index="0",
        subnet_id=subnet.ref,
        group_set=[group.group_id],
        associate_public_ip_address=True,
        delete_on_termination=True,
    )
