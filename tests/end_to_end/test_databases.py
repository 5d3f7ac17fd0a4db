"""Networks and databases beyond the example, deployed, changed and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

import embedded
from tests.conftest import ACCOUNT, templates_of
from tests.embedded.conftest import Aws, DeploymentError

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("databases")]

STACK = "data-us-east-1"
NETWORK = """
data:
  bastion: true
  networks:
    main:
      cidr: 10.0.0.0/16
      ipv6: true
      subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}
  security_groups:
    application: {description: The application, postgresql_from: [office]}
    office: {description: The office, postgresql_from: [203.0.113.0/24, application]}
"""
AURORA = "{{engine: aurora-postgresql, capacity: {{max: 1}}, security_groups: [office], {}}}"
COMMON = AURORA.format("backup_days: 1")
BOOKS = "{{engine: postgresql, instance: db.t4g.micro, security_groups: [office], {}}}"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """The embedded AWS with the network, its bastion and one Aurora cluster."""
    directory = tmp_path_factory.mktemp("databases")
    aws = Aws(embedded.start(directory, "123456789012", "us-east-1"))
    try:
        deploy(aws, {"common": COMMON})
        yield aws
    finally:
        embedded.stop(directory)


def deploy(aws: Aws, databases: dict[str, str], broken: bool = False) -> dict[str, str]:
    """Deploy the network with these databases, as the file would declare them.

    Where `broken`, something fails as soon as all the rest is there.
    """
    items = "".join(f"    {name}: {item}\n" for name, item in databases.items())
    template = templates_of(f"{ACCOUNT}{NETWORK}  databases:\n{items}")[STACK].to_json()
    outputs = {name: output["Value"] for name, output in template["Outputs"].items()}
    resources = template["Resources"]
    if broken:
        failing = {"GroupName": "no-such-group", "Users": ["nobody"]}
        resources["Broken"] = {
            "Type": "AWS::IAM::UserToGroupAddition",
            "Properties": failing,
            "DependsOn": [*resources],
        }
    return aws.deploy(STACK, resources, **outputs)


def groups(aws: Aws) -> dict[str, Any]:
    found = aws.client("ec2").describe_security_groups()["SecurityGroups"]
    return {group["GroupId"]: group for group in found}


def sources(group: Any) -> list[str]:
    """Who may connect to a group's members: groups' ids and address blocks."""
    return [
        source[name]
        for rule in group["IpPermissions"]
        for kind, name in (("UserIdGroupPairs", "GroupId"), ("IpRanges", "CidrIp"))
        for source in rule[kind]
    ]


def test_aurora_is_reached_through_a_bastion_that_nobody_can_connect_to(aws: Aws) -> None:
    (reservation,) = aws.client("ec2").describe_instances()["Reservations"]
    (bastion,) = reservation["Instances"]
    (of_bastion,) = (group["GroupId"] for group in bastion["SecurityGroups"])
    (cluster,) = aws.client("rds").describe_db_clusters()["DBClusters"]
    (of_cluster,) = (group["VpcSecurityGroupId"] for group in cluster["VpcSecurityGroups"])
    found = groups(aws)
    assert sources(found[of_cluster]) == [of_bastion]
    assert sources(found[of_bastion]) == []
    assert bastion["PublicIpAddress"]


def test_two_groups_that_name_each_other_are_deployed(aws: Aws) -> None:
    by_name = {group["GroupName"]: group for group in groups(aws).values()}
    application, office = by_name["application"], by_name["office"]
    assert sources(application) == [office["GroupId"]]
    assert sources(office) == ["203.0.113.0/24", application["GroupId"]]


def test_each_subnet_has_an_ipv6_block_of_the_networks(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    declared = {"10.0.1.0/24": 1, "10.0.2.0/24": 2}
    subnets = [s for s in ec2.describe_subnets()["Subnets"] if s["CidrBlock"] in declared]
    (vpc,) = ec2.describe_vpcs(VpcIds=[subnets[0]["VpcId"]])["Vpcs"]
    whole = ip_network(vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    parts = list(whole.subnets(new_prefix=64))
    for subnet in subnets:
        block = ip_network(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        assert block == parts[declared[subnet["CidrBlock"]]]


@pytest.mark.parametrize(
    ("name", "fields", "kept_running", "snapshots", "kept_secret"),
    [
        ("taken", "deletion: snapshot, deletion_protection: false", False, 1, True),
        ("retained", "deletion: retain", True, 0, True),
        ("gone", "deletion: delete, deletion_protection: false", False, 0, False),
        ("guarded", "deletion: delete", True, 0, True),
    ],
)
def test_a_database_that_leaves_the_file_is_kept_as_declared(
    aws: Aws, name: str, fields: str, kept_running: bool, snapshots: int, kept_secret: bool
) -> None:
    rds, secrets = aws.client("rds"), aws.client("secretsmanager")
    secret = deploy(aws, {"common": COMMON, name: BOOKS.format(fields)})[
        f"{name.title()}DatabaseSecret"
    ]
    value = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    assert value["dbname"] == name
    deploy(aws, {"common": COMMON})
    running = [
        found["DBInstanceIdentifier"] for found in rds.describe_db_instances()["DBInstances"]
    ]
    assert (name in running) is kept_running
    taken = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert len([s for s in taken if s["DBInstanceIdentifier"] == name]) == snapshots
    found = [item["ARN"] for item in secrets.list_secrets()["SecretList"]]
    assert (secret in found) is kept_secret


def left(aws: Aws) -> dict[str, set[str]]:
    """What of databases is in the account, by kind and name."""
    rds, logs = aws.client("rds"), aws.client("logs")
    instances = rds.describe_db_instances()["DBInstances"]
    clusters = rds.describe_db_clusters()["DBClusters"]
    groups = rds.describe_db_parameter_groups()["DBParameterGroups"]
    cluster_groups = rds.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
    log_groups = logs.describe_log_groups(logGroupNamePrefix="/aws/rds/")["logGroups"]
    secrets = aws.client("secretsmanager").list_secrets()["SecretList"]
    return {
        "instances": {each["DBInstanceIdentifier"] for each in instances},
        "clusters": {each["DBClusterIdentifier"] for each in clusters},
        "parameters": {
            *(group["DBParameterGroupName"] for group in groups),
            *(group["DBClusterParameterGroupName"] for group in cluster_groups),
        },
        "logs": {group["logGroupName"] for group in log_groups},
        "secrets": {secret["ARN"] for secret in secrets},
    }


@pytest.mark.parametrize("item", [BOOKS, AURORA], ids=["instance", "cluster"])
@pytest.mark.parametrize("deletion", ["snapshot", "retain", "delete"])
def test_a_deployment_that_fails_takes_back_the_protected_database_that_it_made(
    aws: Aws, item: str, deletion: str
) -> None:
    databases = {"common": COMMON, "failed": item.format(f"deletion: {deletion}")}
    before = left(aws)
    with pytest.raises(DeploymentError, match="no-such-group"):
        deploy(aws, databases, broken=True)
    assert left(aws) == before
    deploy(aws, databases)
    assert is_protected(aws, "failed")
    deploy(
        aws, {**databases, "failed": item.format("deletion: delete, deletion_protection: false")}
    )
    deploy(aws, {"common": COMMON})


def is_protected(aws: Aws, name: str) -> bool:
    rds = aws.client("rds")
    clusters = rds.describe_db_clusters()["DBClusters"]
    found = [each for each in clusters if each["DBClusterIdentifier"] == name]
    return bool((found or [described(aws, name)])[0]["DeletionProtection"])


def described(aws: Aws, name: str) -> dict[str, Any]:
    found = aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return dict(found[0])


def test_a_change_that_would_replace_a_database_fails_and_the_database_stays(aws: Aws) -> None:
    deploy(aws, {"common": COMMON, "stays": BOOKS.format("deletion: delete")})
    before = described(aws, "stays")
    with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE.*custom-named resource"):
        deploy(aws, {"common": COMMON, "stays": BOOKS.format("deletion: delete, encrypted: false")})
    assert described(aws, "stays")["DbiResourceId"] == before["DbiResourceId"]


def test_a_major_version_is_crossed_only_where_the_file_allows_it(aws: Aws) -> None:
    deploy(aws, {"aged": BOOKS.format('version: "17"')})
    with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE.*custom-named resource"):
        deploy(aws, {"aged": BOOKS.format('version: "18"')})
    assert described(aws, "aged")["EngineVersion"].startswith("17")
    deploy(aws, {"aged": BOOKS.format('version: "18", major_upgrade: true')})
    assert described(aws, "aged")["EngineVersion"].startswith("18")
    for permission in ("false", "true"):
        deploy(aws, {"aged": BOOKS.format(f'version: "18", major_upgrade: {permission}')})
    (group,) = described(aws, "aged")["DBParameterGroups"]
    assert group["DBParameterGroupName"] == "aged-postgres18"


def test_aurora_crosses_a_major_version_only_where_the_file_allows_it(aws: Aws) -> None:
    """CloudFormation by itself tells RDS that Aurora may."""
    deploy(aws, {"older": AURORA.format('version: "17"')})
    with pytest.raises(DeploymentError, match=r"ROLLBACK_COMPLETE.*custom-named resource"):
        deploy(aws, {"older": AURORA.format('version: "18"')})
    deploy(aws, {"older": AURORA.format('version: "18", major_upgrade: true')})
    clusters = aws.client("rds").describe_db_clusters(DBClusterIdentifier="older")["DBClusters"]
    assert clusters[0]["EngineVersion"].startswith("18")
