from __future__ import annotations

from typing import Any

from tests.constructs.data.conftest import Data, DataTemplate

PRIVATE = """
networks:
  main:
    cidr: 10.0.0.0/16
    subnets: {10.0.1.0/24: a, 10.0.2.0/24: b, 10.0.64.0/20: c}
"""
PUBLIC = """
networks:
  main:
    cidr: 10.0.0.0/16
    subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}
    ipv6: true
security_groups:
  office: {description: The office, postgresql_from: [203.0.113.0/24]}
databases:
  open: {engine: postgresql, instance: db.t4g.micro, public: true, security_groups: [office]}
"""


def subnets(template: DataTemplate) -> dict[str, Any]:
    return {
        subnet["Properties"]["CidrBlock"]: subnet["Properties"]
        for subnet in template.all("EC2::Subnet")
    }


def test_subnets_have_exactly_the_declared_blocks_and_zones(data: Data) -> None:
    template = data(PRIVATE)
    assert template.properties("EC2::VPC")["CidrBlock"] == "10.0.0.0/16"
    assert {block: found["AvailabilityZone"] for block, found in subnets(template).items()} == {
        "10.0.1.0/24": "us-east-1a",
        "10.0.2.0/24": "us-east-1b",
        "10.0.64.0/20": "us-east-1c",
    }


def test_a_network_without_a_public_database_has_no_way_to_the_internet(data: Data) -> None:
    template = data(PRIVATE)
    for kind in ("InternetGateway", "NatGateway", "Route", "EIP", "VPCEndpoint"):
        assert not template.all(f"EC2::{kind}")


def test_a_public_database_gets_a_route_without_a_nat_gateway(data: Data) -> None:
    template = data(PUBLIC)
    gateway, table = (
        template.logical_id("EC2::InternetGateway"),
        template.logical_id("EC2::RouteTable"),
    )
    assert {
        route["Properties"].get("DestinationCidrBlock")
        or route["Properties"]["DestinationIpv6CidrBlock"]: route["Properties"]["GatewayId"]
        for route in template.all("EC2::Route")
    } == {"0.0.0.0/0": {"Ref": gateway}, "::/0": {"Ref": gateway}}
    routed = template.all("EC2::SubnetRouteTableAssociation")
    assert [each["Properties"]["RouteTableId"] for each in routed] == [{"Ref": table}] * 2
    assert not template.all("EC2::NatGateway")


def test_the_way_to_the_internet_is_there_before_a_database(data: Data) -> None:
    template = data(PUBLIC)
    needed = template.one("RDS::DBSubnetGroup")["DependsOn"]
    routes = template.template.find_resources("AWS::EC2::Route")
    table_uses = template.template.find_resources("AWS::EC2::SubnetRouteTableAssociation")
    assert set(needed) == {*routes, *table_uses}
    attachment = template.logical_id("EC2::VPCGatewayAttachment")
    assert all(attachment in route["DependsOn"] for route in routes.values())


def test_nothing_in_a_subnet_is_public_unasked(data: Data) -> None:
    for text in (PRIVATE, PUBLIC):
        assert {each["MapPublicIpOnLaunch"] for each in subnets(data(text)).values()} == {False}


def test_each_subnet_has_the_ipv6_block_of_its_own_place(data: Data) -> None:
    template = data(PUBLIC)
    positions = {
        block: found["Ipv6CidrBlock"]["Fn::Select"][0] for block, found in subnets(template).items()
    }
    assert positions == {"10.0.1.0/24": 1, "10.0.2.0/24": 2}
    assert template.properties("EC2::VPCCidrBlock")["AmazonProvidedIpv6CidrBlock"] is True
    needed = template.logical_id("EC2::VPCCidrBlock")
    assert all(needed in subnet["DependsOn"] for subnet in template.all("EC2::Subnet"))


def test_removing_or_reordering_subnets_touches_no_other(data: Data) -> None:
    before = data(PUBLIC).template.find_resources("AWS::EC2::Subnet")
    shuffled = PUBLIC.replace(
        "{10.0.1.0/24: a, 10.0.2.0/24: b}", "{10.0.0.0/24: c, 10.0.2.0/24: b, 10.0.1.0/24: a}"
    )
    after = data(shuffled).template.find_resources("AWS::EC2::Subnet")
    assert before.items() <= after.items()


def test_flow_logs_end_after_a_month(data: Data) -> None:
    template = data(PRIVATE)
    assert template.properties("Logs::LogGroup")["RetentionInDays"] == 30
    flow_log = template.properties("EC2::FlowLog")
    assert flow_log["ResourceId"] == {"Ref": template.logical_id("EC2::VPC")}
    assert flow_log["TrafficType"] == "ALL"


def test_flow_logs_can_write_to_their_own_group_and_nowhere_else(data: Data) -> None:
    template = data(PRIVATE)
    role = template.properties("IAM::Role")
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    group = template.logical_id("Logs::LogGroup")
    assert statement["Resource"] == {"Fn::GetAtt": [group, "Arn"]}
    assert statement["Action"] == [
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


def test_flow_logs_are_made_only_where_the_file_leaves_them_on(data: Data) -> None:
    template = data(f"{PRIVATE}    flow_logs: false\n")
    assert not template.all("EC2::FlowLog")
    assert not template.all("Logs::LogGroup")
