"""Snapshots and what is restored from them: what a drill relies on, and ministack lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ARN = "arn:aws:rds:us-east-1:123456789012"
SERVERLESS: dict[str, Any] = {"DBInstanceClass": "db.serverless", "Engine": "aurora-postgresql"}


def instance(aws: Any, name: str, **options: Any) -> None:
    given = {"DBInstanceClass": "db.t3.micro", "Engine": "postgres", "AllocatedStorage": 20}
    login = {"MasterUsername": "owner", "MasterUserPassword": "only an example"}
    aws.client("rds").create_db_instance(DBInstanceIdentifier=name, **given, **login, **options)


def cluster(aws: Any, name: str) -> None:
    rds, named = aws.client("rds"), {"DBClusterIdentifier": name}
    login = {"MasterUsername": "owner", "MasterUserPassword": "only an example"}
    rds.create_db_cluster(**named, Engine="aurora-postgresql", EnableHttpEndpoint=True, **login)
    rds.create_db_instance(**named, DBInstanceIdentifier=f"{name}-writer", **SERVERLESS)


def automated(aws: Any, name: str) -> list[Any]:
    named = {"DBInstanceIdentifier": name, "SnapshotType": "automated"}
    return list(aws.client("rds").describe_db_snapshots(**named)["DBSnapshots"])


def test_an_instance_with_backups_has_an_automated_snapshot(aws: Any, pristine: Any) -> None:
    for where in (aws, pristine):
        instance(where, "saved", BackupRetentionPeriod=1)
    instance(aws, "unsaved", BackupRetentionPeriod=0)
    (snapshot,) = automated(aws, "saved")
    assert snapshot["DBSnapshotIdentifier"].startswith("rds:saved-")
    assert not automated(aws, "unsaved")
    assert not automated(pristine, "saved")


def ask(aws: Any, name: str, sql: str) -> Any:
    secrets = aws.client("secretsmanager")
    login = json.dumps({"username": "owner", "password": "only an example"})
    try:
        secret = secrets.create_secret(Name=f"login-{name}", SecretString=login)["ARN"]
    except secrets.exceptions.ResourceExistsException:
        secret = secrets.describe_secret(SecretId=f"login-{name}")["ARN"]
    cluster = {"resourceArn": f"{ARN}:cluster:{name}", "secretArn": secret}
    return aws.client("rds-data").execute_statement(**cluster, sql=sql)["records"]


def subnets(aws: Any) -> str:
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    found = aws.client("ec2").describe_subnets(Filters=default)["Subnets"]
    given = {"DBSubnetGroupDescription": "two zones", "DBSubnetGroupName": "restored-into"}
    aws.client("rds").create_db_subnet_group(**given, SubnetIds=[s["SubnetId"] for s in found])
    return "restored-into"


def test_a_restored_cluster_holds_what_its_snapshot_did(aws: Any) -> None:
    cluster(aws, "source")
    ask(aws, "source", "CREATE TABLE items (id int)")
    ask(aws, "source", "INSERT INTO items VALUES (1), (2)")
    rds = aws.client("rds")
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="source", DBClusterSnapshotIdentifier="before"
    )
    ask(aws, "source", "DELETE FROM items")
    restored = {"DBClusterIdentifier": "restored", "DBSubnetGroupName": subnets(aws)}
    rds.restore_db_cluster_from_snapshot(
        **restored,
        SnapshotIdentifier="before",
        Engine="aurora-postgresql",
        Tags=[{"Key": "made", "Value": "here"}],
    )
    (seen,) = rds.describe_db_clusters(DBClusterIdentifier="restored")["DBClusters"]
    assert (seen["Status"], seen["MasterUsername"]) == ("creating", "owner")
    assert seen["TagList"] == [{"Key": "made", "Value": "here"}]
    (seen,) = rds.describe_db_clusters(DBClusterIdentifier="restored")["DBClusters"]
    assert seen["Status"] == "available"
    named = {"DBClusterIdentifier": "restored", "DBInstanceIdentifier": "restored-writer"}
    rds.create_db_instance(**named, **SERVERLESS)
    rds.enable_http_endpoint(ResourceArn=f"{ARN}:cluster:restored")
    assert ask(aws, "restored", "SELECT count(*) FROM items") == [[{"longValue": 2}]]
    assert ask(aws, "source", "SELECT count(*) FROM items") == [[{"longValue": 0}]]


def test_ministack_still_restores_no_cluster_and_runs_no_sql(pristine: Any) -> None:
    cluster(pristine, "source")
    with pytest.raises(ClientError, match="Unsupported SQL"):
        ask(pristine, "source", "CREATE TABLE items (id int)")
    rds = pristine.client("rds")
    named = {"DBClusterIdentifier": "restored", "SnapshotIdentifier": "before"}
    with pytest.raises(ClientError, match="RestoreDBClusterFromSnapshot"):
        rds.restore_db_cluster_from_snapshot(**named, Engine="aurora-postgresql")


def test_a_modified_cluster_has_a_password_of_rds_in_a_secret_with_its_arn(
    aws: Any, pristine: Any
) -> None:
    for where in (aws, pristine):
        cluster(where, "managed")
        where.client("rds").modify_db_cluster(
            DBClusterIdentifier="managed", ManageMasterUserPassword=True, ApplyImmediately=True
        )
    named = {"DBClusterIdentifier": "managed"}
    (found,) = aws.client("rds").describe_db_clusters(**named)["DBClusters"]
    secret = found["MasterUserSecret"]["SecretArn"]
    tags = aws.client("secretsmanager").describe_secret(SecretId=secret)["Tags"]
    owner = {"Key": "aws:rds:primaryDBClusterArn", "Value": f"{ARN}:cluster:managed"}
    assert owner in tags
    (found,) = pristine.client("rds").describe_db_clusters(**named)["DBClusters"]
    assert "MasterUserSecret" not in found


def limited(aws: Any) -> Any:
    """RDS, for a user who may delete what has a tag, and open one Data API."""
    iam, user = aws.client("iam"), "limited-by-tags"
    tagged = {"StringEquals": {"aws:ResourceTag/made": "here"}}
    opening = {"Action": "rds:EnableHttpEndpoint", "Resource": f"{ARN}:cluster:opened"}
    deleting = {"Action": "rds:DeleteDBInstance", "Resource": "*", "Condition": tagged}
    statements = [{"Effect": "Allow", **each} for each in (opening, deleting)]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="limited", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return aws.client(
        "rds",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def test_calls_are_judged_by_the_cluster_and_by_tags(aws: Any, pristine: Any) -> None:
    for where in (aws, pristine):
        cluster(where, "opened")
        instance(where, "tagged", Tags=[{"Key": "made", "Value": "here"}])
        instance(where, "plain")
    ours, theirs = limited(aws), limited(pristine)
    ours.enable_http_endpoint(ResourceArn=f"{ARN}:cluster:opened")
    with pytest.raises(ClientError, match="not authorized"):
        ours.delete_db_instance(DBInstanceIdentifier="plain", SkipFinalSnapshot=True)
    ours.delete_db_instance(DBInstanceIdentifier="tagged", SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="not authorized"):
        theirs.enable_http_endpoint(ResourceArn=f"{ARN}:cluster:opened")
    with pytest.raises(ClientError, match="not authorized"):
        theirs.delete_db_instance(DBInstanceIdentifier="tagged", SkipFinalSnapshot=True)
