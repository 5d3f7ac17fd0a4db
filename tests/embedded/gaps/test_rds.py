"""Databases: what the data stack relies on, and what ministack lacks of it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.conftest import DeploymentError, settled
from tests.embedded.gaps.templates import attribute, ref


def password_of(secret: str) -> dict[str, Any]:
    return {"Fn::Sub": f"{{{{resolve:secretsmanager:${{{secret}}}:SecretString:password}}}}"}


def network() -> dict[str, Any]:
    found: dict[str, Any] = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "database", "VpcId": ref("Vpc")},
        },
        "Subnets": {
            "Type": "AWS::RDS::DBSubnetGroup",
            "Properties": {
                "DBSubnetGroupDescription": "two zones",
                "SubnetIds": [ref("Subnet1"), ref("Subnet2")],
            },
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"username": "postgres"}',
                    "GenerateStringKey": "password",
                    "ExcludePunctuation": True,
                }
            },
        },
    }
    for number, zone in ((1, "us-east-1a"), (2, "us-east-1b")):
        block = {"CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": zone}
        properties = {**block, "VpcId": ref("Vpc")}
        found[f"Subnet{number}"] = {"Type": "AWS::EC2::Subnet", "Properties": properties}
    return found


def instance(**properties: Any) -> dict[str, Any]:
    declared = {
        "Engine": "postgres",
        "EngineVersion": "17.6",
        "DBInstanceClass": "db.t3.micro",
        "AllocatedStorage": "20",
        "StorageType": "gp3",
        "MasterUsername": "postgres",
        "MasterUserPassword": password_of("Secret"),
        "DBSubnetGroupName": ref("Subnets"),
        "VPCSecurityGroups": [attribute("GroupId", of="Group")],
        "PubliclyAccessible": True,
        "BackupRetentionPeriod": 0,
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "EnableCloudwatchLogsExports": ["postgresql"],
        **properties,
    }
    return {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": declared}


def cluster(**properties: Any) -> dict[str, Any]:
    declared = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "17.6",
        "DatabaseName": "common",
        "MasterUsername": "postgres",
        "MasterUserPassword": password_of("Secret"),
        "DBSubnetGroupName": ref("Subnets"),
        "DBClusterParameterGroupName": ref("Parameters"),
        "VpcSecurityGroupIds": [attribute("GroupId", of="Group")],
        "ServerlessV2ScalingConfiguration": {
            "MinCapacity": 0,
            "MaxCapacity": 2,
            "SecondsUntilAutoPause": 3600,
        },
        "EnableHttpEndpoint": True,
        "EngineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "StorageEncrypted": True,
        **properties,
    }
    return {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Delete", "Properties": declared}


def described(aws: Any, identifier: str) -> Any:
    rds = aws.client("rds")
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def released(aws: Any, identifier: str) -> None:
    """Delete an instance, as a person does whose stack keeps it."""
    named = {"DBInstanceIdentifier": identifier}
    aws.client("rds").delete_db_instance(**named, SkipFinalSnapshot=True)


class TestInstance:
    def test_it_is_read_back_as_declared(self, aws: Any) -> None:
        resources = {
            **network(),
            "Database": instance(DBInstanceIdentifier="analysis", DBName="analysis"),
            "Attached": {
                "Type": "AWS::SecretsManager::SecretTargetAttachment",
                "Properties": {
                    "SecretId": ref("Secret"),
                    "TargetId": ref("Database"),
                    "TargetType": "AWS::RDS::DBInstance",
                },
            },
        }
        outputs = aws.deploy(
            "analysis",
            resources,
            Host=attribute("Endpoint.Address", of="Database"),
            Port=attribute("Endpoint.Port", of="Database"),
            Secret=ref("Secret"),
        )
        found = described(aws, "analysis")
        assert (found["Endpoint"]["Address"], str(found["Endpoint"]["Port"])) == (
            outputs["Host"],
            outputs["Port"],
        )
        assert found["StorageType"] == "gp3"
        assert found["PubliclyAccessible"]
        assert not found["StorageEncrypted"]
        assert found["BackupRetentionPeriod"] == 0
        assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
        assert found["EnabledCloudwatchLogsExports"] == ["postgresql"]
        zones = {
            subnet["SubnetAvailabilityZone"]["Name"] for subnet in found["DBSubnetGroup"]["Subnets"]
        }
        assert zones == {"us-east-1a", "us-east-1b"}

        secrets = aws.client("secretsmanager")
        secret = json.loads(secrets.get_secret_value(SecretId=outputs["Secret"])["SecretString"])
        assert secret.pop("password").isalnum()
        assert secret == {
            "username": "postgres",
            "engine": "postgres",
            "host": outputs["Host"],
            "port": 5432,
            "dbname": "analysis",
        }
        assert aws.delete("analysis") == "DELETE_COMPLETE"

    def test_a_replica_follows_its_source(self, aws: Any) -> None:
        resources = {
            **network(),
            "Source": instance(DBInstanceIdentifier="source", BackupRetentionPeriod=1),
            "Replica": {
                "Type": "AWS::RDS::DBInstance",
                "DeletionPolicy": "Delete",
                "Properties": {
                    "DBInstanceIdentifier": "replica",
                    "DBInstanceClass": "db.t3.micro",
                    "SourceDBInstanceIdentifier": ref("Source"),
                },
            },
        }
        aws.deploy("replica", resources)
        replica, source = described(aws, "replica"), described(aws, "source")
        assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "source"
        assert source["ReadReplicaDBInstanceIdentifiers"] == ["replica"]
        assert replica["EngineVersion"] == source["EngineVersion"]
        assert replica["MasterUsername"] == source["MasterUsername"]
        assert replica["DBSubnetGroup"] == source["DBSubnetGroup"]
        assert (replica["BackupRetentionPeriod"], source["BackupRetentionPeriod"]) == (0, 1)
        del resources["Replica"]
        aws.deploy("replica", resources)
        assert described(aws, "source")["ReadReplicaDBInstanceIdentifiers"] == []
        assert aws.delete("replica") == "DELETE_COMPLETE"

    def test_a_replica_is_upgraded_before_its_source(self, aws: Any) -> None:
        source = instance(DBInstanceIdentifier="upgraded", BackupRetentionPeriod=1)
        followed: dict[str, Any] = {
            "DBInstanceIdentifier": "followed",
            "SourceDBInstanceIdentifier": ref("Upgraded"),
        }
        copy = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "Properties": followed}
        resources = {**network(), "Upgraded": source, "Followed": copy}
        aws.deploy("upgraded", resources)
        source["Properties"]["EngineVersion"] = "17.7"
        with pytest.raises(DeploymentError, match="read replicas need to be upgraded: followed"):
            aws.deploy("upgraded", resources)
        source["Properties"]["EngineVersion"], followed["EngineVersion"] = "17.6", "17.7"
        aws.deploy("upgraded", resources)
        source["Properties"]["EngineVersion"] = "17.7"
        aws.deploy("upgraded", resources)
        assert described(aws, "upgraded")["EngineVersion"] == "17.7"

    def test_a_source_without_backups_has_no_replica(self, aws: Any) -> None:
        replica = {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"SourceDBInstanceIdentifier": ref("Source")},
        }
        resources = {**network(), "Source": instance(), "Replica": replica}
        with pytest.raises(Exception, match="Automated backups are not enabled"):
            aws.deploy("unsaved", resources)

    def test_deletion_protection_holds(self, aws: Any) -> None:
        protected = instance(DBInstanceIdentifier="protected", DeletionProtection=True)
        aws.deploy("protected", {**network(), "Database": protected})
        assert aws.delete("protected") == "DELETE_FAILED"
        assert described(aws, "protected")["DBInstanceStatus"] == "available"

    def test_what_it_is_in_is_not_deleted_before_it(self, aws: Any, pristine: Any) -> None:
        stays = {**instance(DBInstanceIdentifier="stays"), "DeletionPolicy": "Retain"}
        for where in (aws, pristine):
            where.deploy("stays", {**network(), "Database": stays})
        assert pristine.delete("stays") == "DELETE_COMPLETE"
        assert aws.delete("stays") == "DELETE_FAILED"
        failures = dict(failure.split(" ", 1) for failure in aws.failures("stays"))
        assert {*failures} == {"stays", "Subnets", "Subnet1", "Subnet2", "Vpc"}
        assert "Cannot delete the subnet group" in failures["Subnets"]
        assert "has dependencies and cannot be deleted" in failures["Subnet1"]
        released(aws, "stays")
        assert aws.delete("stays") == "DELETE_COMPLETE"

    def test_a_password_managed_by_rds_is_refused_not_invented(self, aws: Any) -> None:
        managed = instance(ManageMasterUserPassword=True)
        with pytest.raises(Exception, match="no passwords managed by RDS"):
            aws.deploy("managed", {**network(), "Database": managed})

    def test_ministack_still_lacks_replicas_and_protection(self, pristine: Any) -> None:
        source = instance(DBInstanceIdentifier="source", DeletionProtection=True)
        replica = {
            "Type": "AWS::RDS::DBInstance",
            "DeletionPolicy": "Delete",
            "Properties": {
                "DBInstanceIdentifier": "replica",
                "SourceDBInstanceIdentifier": ref("Source"),
            },
        }
        pristine.deploy("replica", {**network(), "Source": source, "Replica": replica})
        found = described(pristine, "replica")
        assert not found["ReadReplicaSourceDBInstanceIdentifier"]
        assert "EngineLifecycleSupport" not in described(pristine, "source")
        assert pristine.delete("replica") == "DELETE_COMPLETE"


class TestCluster:
    PARAMETERS = {  # noqa: RUF012
        "Type": "AWS::RDS::DBClusterParameterGroup",
        "Properties": {
            "Family": "aurora-postgresql17",
            "Description": "TLS only",
            "Parameters": {"rds.force_ssl": "1"},
        },
    }

    def resources(self, **properties: Any) -> dict[str, Any]:
        found = {**network(), "Parameters": self.PARAMETERS, "Cluster": cluster(**properties)}
        for number in (0, 1):
            found[f"Member{number}"] = {
                "Type": "AWS::RDS::DBInstance",
                "DependsOn": [] if number == 0 else "Member0",
                "Properties": {
                    "DBInstanceIdentifier": f"{properties['DBClusterIdentifier']}-{number}",
                    "DBClusterIdentifier": ref("Cluster"),
                    "DBInstanceClass": "db.serverless",
                    "Engine": "aurora-postgresql",
                    "PromotionTier": number,
                },
            }
        return found

    def read(self, aws: Any, identifier: str) -> Any:
        rds = aws.client("rds")
        return rds.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]

    def test_it_is_read_back_as_declared(self, aws: Any) -> None:
        resources = self.resources(DBClusterIdentifier="common")
        outputs = aws.deploy(
            "common",
            resources,
            Host=attribute("Endpoint.Address", of="Cluster"),
            Reader=attribute("ReadEndpoint.Address", of="Cluster"),
            Parameters=ref("Parameters"),
        )
        found = self.read(aws, "common")
        assert (found["Endpoint"], found["ReaderEndpoint"]) == (outputs["Host"], outputs["Reader"])
        assert found["ServerlessV2ScalingConfiguration"] == {
            "MinCapacity": 0,
            "MaxCapacity": 2,
            "SecondsUntilAutoPause": 3600,
        }
        assert found["HttpEndpointEnabled"]
        assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
        assert found["DBClusterParameterGroup"] == outputs["Parameters"]
        assert found["BackupRetentionPeriod"] == 1
        writers = {
            m["DBInstanceIdentifier"]: m["IsClusterWriter"] for m in found["DBClusterMembers"]
        }
        assert writers == {"common-0": True, "common-1": False}
        member = described(aws, "common-1")
        assert member["EngineVersion"] == "17.6"
        assert member["StorageEncrypted"]
        assert member["DBSubnetGroup"]["DBSubnetGroupName"] == found["DBSubnetGroup"]
        assert aws.delete("common") == "DELETE_COMPLETE"

    def test_it_is_not_deleted_while_it_has_an_instance(self, aws: Any, pristine: Any) -> None:
        resources = self.resources(DBClusterIdentifier="kept")
        resources["Member0"]["DeletionPolicy"] = "Retain"
        for where in (aws, pristine):
            where.deploy("kept", resources)
        assert pristine.delete("kept") == "DELETE_COMPLETE"
        assert aws.delete("kept") == "DELETE_FAILED"
        assert "Cluster Cluster cannot be deleted, it still contains" in str(aws.failures("kept"))
        released(aws, "kept-0")
        assert aws.delete("kept") == "DELETE_COMPLETE"

    def test_ministack_still_drops_the_pause_and_the_support(self, pristine: Any) -> None:
        pristine.deploy("common", self.resources(DBClusterIdentifier="common"))
        found = self.read(pristine, "common")
        assert "SecondsUntilAutoPause" not in found["ServerlessV2ScalingConfiguration"]
        assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support"
        assert not found["DBClusterParameterGroup"]


def asked(begun: dict[str, str]) -> dict[str, str]:
    return {"StackDriftDetectionId": begun["StackDriftDetectionId"]}


class TestVersions:
    def upgraded(self, where: Any, then: str) -> str:
        """The version of a cluster of 17 that RDS raised to 17.5, after an update to `then`."""
        name = f"raised-{then.replace('.', '-')}"
        group = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Delete"}
        declared = {
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "MasterUsername": "postgres",
            "MasterUserPassword": "a-password",
        }
        where.deploy(name, {"Db": {**group, "Properties": {**declared, "EngineVersion": "17"}}})
        rds = where.client("rds")
        rds.modify_db_cluster(DBClusterIdentifier=name, EngineVersion="17.5", ApplyImmediately=True)
        changed = {**declared, "EngineVersion": then, "BackupRetentionPeriod": 3}
        where.deploy(name, {"Db": {**group, "Properties": changed}})
        (found,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        assert found["BackupRetentionPeriod"] == 3
        return str(found["EngineVersion"])

    def test_a_version_that_rds_raised_stays(self, aws: Any, pristine: Any) -> None:
        assert self.upgraded(aws, "17") == "17.5"
        cloudformation = aws.client("cloudformation")
        begun = cloudformation.detect_stack_drift(StackName="raised-17")
        status = cloudformation.describe_stack_drift_detection_status
        assert settled(lambda: status(**asked(begun))["DetectionStatus"]) == "DETECTION_COMPLETE"
        assert status(**asked(begun))["StackDriftStatus"] == "IN_SYNC"
        assert self.upgraded(pristine, "17.4") == "17.4"

    def test_extended_support_stays_as_it_was_made(self, aws: Any) -> None:
        made = instance(DBInstanceIdentifier="lasting")
        aws.deploy("lasting", {**network(), "Database": made})
        del made["Properties"]["EngineLifecycleSupport"]
        with pytest.raises(DeploymentError, match="EngineLifecycleSupport cannot be modified"):
            aws.deploy("lasting", {**network(), "Database": made})

    def test_a_newer_one_is_taken_and_an_older_one_fails(self, aws: Any) -> None:
        assert self.upgraded(aws, "17.6") == "17.6"
        with pytest.raises(Exception, match=r"Cannot upgrade aurora-postgresql from 17.5 to 17.4"):
            self.upgraded(aws, "17.4")


class TestParameters:
    LOGGED = {"Description": "d", "Parameters": {"log_connections": "1"}}  # noqa: RUF012

    def group(self, family: str) -> dict[str, Any]:
        return {
            "Type": "AWS::RDS::DBParameterGroup",
            "Properties": {**self.LOGGED, "Family": family},
        }

    def test_connections_are_logged_by_names_from_version_18_on(
        self, aws: Any, pristine: Any
    ) -> None:
        aws.deploy("logged-17", {"Group": self.group("postgres17")})
        with pytest.raises(
            DeploymentError, match="Invalid parameter value: 1 for: log_connections"
        ):
            aws.deploy("logged-18", {"Group": self.group("postgres18")})
        pristine.deploy("logged-18", {"Group": self.group("postgres18")})


class TestInstanceClasses:
    def offered(self, aws: Any, engine: str, name: str) -> list[str]:
        found = aws.client("rds").describe_orderable_db_instance_options(
            Engine=engine, DBInstanceClass=name
        )["OrderableDBInstanceOptions"]
        return [option["DBInstanceClass"] for option in found]

    def test_a_class_of_a_known_family_is_offered(self, aws: Any) -> None:
        assert self.offered(aws, "postgres", "db.t4g.micro") == ["db.t4g.micro"]
        assert self.offered(aws, "aurora-postgresql", "db.serverless") == ["db.serverless"]

    def test_another_is_not(self, aws: Any) -> None:
        assert self.offered(aws, "postgres", "db.x9z.large") == []
        assert self.offered(aws, "postgres", "db.serverless") == []

    def test_ministack_still_lacks_aurora_serverless(self, pristine: Any) -> None:
        assert self.offered(pristine, "aurora-postgresql", "db.serverless") == []


class TestQuotas:
    def test_what_is_used_is_counted(self, aws: Any) -> None:
        rds = aws.client("rds")
        found = {
            quota["AccountQuotaName"]: quota
            for quota in rds.describe_account_attributes()["AccountQuotas"]
        }
        there = len(rds.describe_db_instances()["DBInstances"])
        assert found["DBInstances"]["Used"] == there
        assert found["DBClusters"]["Max"] == 40

    def test_ministack_still_does_not_know_the_call(self, pristine: Any) -> None:
        with pytest.raises(Exception, match="Unknown RDS action"):
            pristine.client("rds").describe_account_attributes()


def proxied(*readers: str) -> dict[str, Any]:
    """A cluster with these readers, and a read-only endpoint of a proxy."""
    role = {"Statement": [], "Version": "2012-10-17"}
    subnets = [ref("Subnet1"), ref("Subnet2")]
    named = {"DBProxyName": "orders"}
    cluster = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "17.5",
        "DBClusterIdentifier": "orders",
        "MasterUsername": "postgres",
        "MasterUserPassword": password_of("Secret"),
        "DBSubnetGroupName": ref("Subnets"),
    }
    member = {
        "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.serverless",
        "DBClusterIdentifier": ref("Cluster"),
    }
    found: dict[str, Any] = {
        **network(),
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": role}},
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": cluster},
    }
    for name in ("writer", *readers):
        found[name] = {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {**member, "DBInstanceIdentifier": name},
            "DependsOn": [] if name == "writer" else ["writer"],
        }
    proxy = {
        **named,
        "EngineFamily": "POSTGRESQL",
        "RoleArn": attribute("Arn", of="Role"),
        "VpcSubnetIds": subnets,
        "Auth": [{"AuthScheme": "SECRETS", "SecretArn": ref("Secret"), "IAMAuth": "DISABLED"}],
        "RequireTLS": True,
    }
    targets = {
        "DBProxyName": ref("Proxy"),
        "TargetGroupName": "default",
        "DBClusterIdentifiers": [ref("Cluster")],
        "ConnectionPoolConfigurationInfo": {"MaxConnectionsPercent": 50},
    }
    endpoint = {
        "DBProxyName": ref("Proxy"),
        "DBProxyEndpointName": "orders-figures",
        "TargetRole": "READ_ONLY",
        "VpcSubnetIds": subnets,
        "VpcSecurityGroupIds": [attribute("GroupId", of="Group")],
    }
    after = {"DependsOn": ["writer", *readers]}
    found["Proxy"] = {"Type": "AWS::RDS::DBProxy", "Properties": proxy}
    found["Targets"] = {"Type": "AWS::RDS::DBProxyTargetGroup", "Properties": targets, **after}
    found["Endpoint"] = {
        "Type": "AWS::RDS::DBProxyEndpoint",
        "Properties": endpoint,
        "DependsOn": ["Targets"],
    }
    return found


def test_a_stack_has_a_proxy_whose_read_only_endpoint_needs_a_reader(
    aws: Any, pristine: Any
) -> None:
    with pytest.raises(DeploymentError, match="requires an Aurora cluster with one or more reader"):
        aws.deploy("proxy-without-reader", proxied())
    outputs = aws.deploy("proxy", proxied("reader"), Address=attribute("Endpoint", of="Endpoint"))
    rds = aws.client("rds")
    (found,) = rds.describe_db_proxy_endpoints(DBProxyEndpointName="orders-figures")[
        "DBProxyEndpoints"
    ]
    assert (found["TargetRole"], found["Endpoint"]) == ("READ_ONLY", outputs["Address"])
    (targets,) = rds.describe_db_proxy_target_groups(DBProxyName="orders")["TargetGroups"]
    assert targets["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 50
    (target,) = rds.describe_db_proxy_targets(DBProxyName="orders")["Targets"][:1]
    assert target["RdsResourceId"]
    changed = proxied("reader")
    changed["Proxy"]["Properties"]["Auth"].append(
        {"AuthScheme": "SECRETS", "SecretArn": ref("Second"), "IAMAuth": "DISABLED"}
    )
    changed["Second"] = changed["Secret"]
    del changed["Endpoint"]
    aws.deploy("proxy", changed)
    (proxy,) = rds.describe_db_proxies(DBProxyName="orders")["DBProxies"]
    assert len(proxy["Auth"]) == 2
    assert len(rds.describe_db_proxy_endpoints(DBProxyName="orders")["DBProxyEndpoints"]) == 1
    assert aws.delete("proxy") == "DELETE_COMPLETE"
    assert rds.describe_db_proxies()["DBProxies"] == []
    with pytest.raises(ClientError, match=r"Unrecognized resource types: .*DBProxy"):
        pristine.deploy("proxy", proxied("reader"))
