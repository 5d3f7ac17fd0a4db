"""A virtual private network of exactly the blocks that the configuration declares."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from ipaddress import IPv4Network

from aws_cdk import CfnResource, CfnTag, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from groundwork.checks import acknowledge
from groundwork.data.flow_logs import FlowLogs
from settings.models.networks import Network


class Vpc(Construct):
    """Subnets with the declared blocks in the declared zones, and nothing that costs while idle.

    Made of CloudFormation's own resources: the CDK's VPC divides a block by masks and its zones by
    number, so that it cannot say which block goes where. Where a database is `public` all subnets
    of databases have a way to and from the internet; for a `bastion` its own has, and for a public
    replica those that are kept for it. There is no NAT gateway.

    The default security group keeps EC2's rules, which only an API call could remove. It admits
    nobody but its own members, and has none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        declared: Network,
        public: bool,
        bastion: bool,
        replica_subnets: Mapping[str, bool] | None = None,
    ) -> None:
        """`replica_subnets` are the blocks kept for replicas, and whether one of them is public."""
        super().__init__(scope, construct_id)
        self.declared = declared
        self.resource = ec2.CfnVPC(
            self,
            "vpc",
            cidr_block=declared.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=construct_id)],
        )
        self.ipv6 = self._ipv6() if declared.ipv6 else None
        blocks = sorted(declared.subnets, key=IPv4Network)
        self.subnets = [self._subnet(block, declared.subnets[block]) for block in blocks]
        """By their blocks, in whatever order the file has them."""
        self.bastion_subnet = self.subnets[0]
        self.kept = {} if replica_subnets is None else dict(replica_subnets)
        open_subnets = [
            subnet
            for subnet in self.subnets
            if self.kept.get(subnet.cidr_block or "", public)
            or (bastion and subnet is self.bastion_subnet)
        ]
        self.internet = self._connect_to_internet(open_subnets) if open_subnets else []
        """What has to be in place before anything in the network has a public address."""
        if declared.flow_logs:
            FlowLogs(self, "flow-logs", vpc_id=self.resource.ref)

    def _ipv6(self) -> ec2.CfnVPCCidrBlock:
        return ec2.CfnVPCCidrBlock(
            self, "ipv6", vpc_id=self.resource.ref, amazon_provided_ipv6_cidr_block=True
        )

    def _subnet(self, block: str, zone: str) -> ec2.CfnSubnet:
        subnet = ec2.CfnSubnet(
            self,
            f"subnet-{block.replace('/', '-')}",
            vpc_id=self.resource.ref,
            cidr_block=block,
            availability_zone=f"{Stack.of(self).region}{zone}",
            map_public_ip_on_launch=False,
            ipv6_cidr_block=self._ipv6_block(block),
            tags=[CfnTag(key="Name", value=f"{self.node.id} {block}")],
        )
        if self.ipv6:
            subnet.add_resource_dependency(self.ipv6)
        acknowledge(
            subnet,
            "W3010",
            "The configuration says which zone a subnet is in, so that reordering moves none.",
        )
        return subnet

    def _ipv6_block(self, block: str) -> str | None:
        """Take the /64 that stands where the subnet stands in the network: no order changes it."""
        if not self.ipv6:
            return None
        blocks = Fn.cidr(Fn.select(0, self.resource.attr_ipv6_cidr_blocks), 256, "64")
        return Fn.select(self.declared.ipv6_position(block), blocks)

    @cached_property
    def subnet_group(self) -> rds.CfnDBSubnetGroup:
        """All subnets but those kept for replicas: a database can never change its group.

        Made when the first database asks for it.
        """
        blocks = [block for block in self.declared.subnets if block not in self.kept]
        return self.make_subnet_group(
            self, "subnet-group", f"The subnets of {self.node.id}", blocks
        )

    def make_subnet_group(
        self, scope: Construct, construct_id: str, description: str, blocks: Collection[str]
    ) -> rds.CfnDBSubnetGroup:
        """Make a group of the subnets with these blocks."""
        group = rds.CfnDBSubnetGroup(
            scope,
            construct_id,
            db_subnet_group_description=description,
            subnet_ids=self.subnet_ids(blocks),
        )
        for resource in self.internet:
            group.add_resource_dependency(resource)
        return group

    def subnet_ids(self, blocks: Collection[str]) -> list[str]:
        """Return the ids of the subnets with these blocks."""
        return [subnet.ref for subnet in self.subnets if subnet.cidr_block in blocks]

    def _connect_to_internet(self, subnets: Sequence[ec2.CfnSubnet]) -> list[CfnResource]:
        """Route subnets to and from the internet."""
        gateway = ec2.CfnInternetGateway(self, "internet-gateway")
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "gateway-attachment", vpc_id=self.resource.ref, internet_gateway_id=gateway.ref
        )
        table = ec2.CfnRouteTable(self, "public-routes", vpc_id=self.resource.ref)
        routes = [self._route(table, gateway, "internet", destination_cidr_block="0.0.0.0/0")]
        if self.ipv6:
            routes.append(
                self._route(table, gateway, "internet-ipv6", destination_ipv6_cidr_block="::/0")
            )
        for route in routes:
            route.add_resource_dependency(attachment)
        return [*routes, *(self._associate(subnet, table) for subnet in subnets)]

    def _route(
        self,
        table: ec2.CfnRouteTable,
        gateway: ec2.CfnInternetGateway,
        construct_id: str,
        **destination: str,
    ) -> ec2.CfnRoute:
        return ec2.CfnRoute(
            self, construct_id, route_table_id=table.ref, gateway_id=gateway.ref, **destination
        )

    def _associate(self, subnet: ec2.CfnSubnet, table: ec2.CfnRouteTable) -> CfnResource:
        return ec2.CfnSubnetRouteTableAssociation(
            self, f"{subnet.node.id}-routes", subnet_id=subnet.ref, route_table_id=table.ref
        )
