"""Who may connect to PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from groundwork.data.vpc import Vpc

PORT = 5432

_NOTHING = ec2.CfnSecurityGroup.EgressProperty(
    ip_protocol="icmp",
    from_port=252,
    to_port=86,
    cidr_ip="255.255.255.255/32",
    description="No outgoing connection: it matches nothing and replaces the rule for all",
)


class DatabaseSecurityGroup(Construct):
    """A group whose members take connections to PostgreSQL from the declared sources.

    Its members open no connections but to the groups that admit them (`admit`): a database answers,
    and asks nobody. Address blocks are rules of the group itself. Rules between groups stand apart,
    so that groups can name each other in any order.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: Vpc,
        description: str,
        name: str | None = None,
        blocks: Sequence[str] = (),
        egress: Sequence[ec2.CfnSecurityGroup.EgressProperty] = (_NOTHING,),
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = ec2.CfnSecurityGroup(
            self,
            "group",
            group_name=name,
            group_description=description,
            vpc_id=vpc.resource.ref,
            security_group_ingress=[_from_block(block) for block in blocks],
            security_group_egress=list(egress),
        )

    @property
    def group_id(self) -> str:
        """The id that EC2 gives the group."""
        return self.group.attr_group_id

    def admit(self, name: str, source: DatabaseSecurityGroup) -> None:
        """Let the members of another group connect."""
        ec2.CfnSecurityGroupIngress(
            self,
            f"from-{name}",
            group_id=self.group_id,
            source_security_group_id=source.group_id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            description=f"PostgreSQL from {name}",
        )
        ec2.CfnSecurityGroupEgress(
            self,
            f"to-here-from-{name}",
            group_id=source.group_id,
            destination_security_group_id=self.group_id,
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            description="PostgreSQL",
        )


def _from_block(block: str) -> ec2.CfnSecurityGroup.IngressProperty:
    return ec2.CfnSecurityGroup.IngressProperty(
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        description=f"PostgreSQL from {block}",
        cidr_ip=None if ":" in block else block,
        cidr_ipv6=block if ":" in block else None,
    )
