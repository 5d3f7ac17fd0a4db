"""What is true of an instance and of a cluster alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest

from groundwork.data.database import DATA_POLICY
from settings.models.databases import Deletion
from tests.constructs.data.conftest import DataTemplate

Make = Callable[[str], DataTemplate]

KEPT = "RetainExceptOnCreate"
INSTANCE = "engine: postgresql, instance: db.t4g.micro"
CLUSTER = "engine: aurora-postgresql, capacity: {max: 2}"


@pytest.fixture(params=[INSTANCE, CLUSTER], ids=["instance", "cluster"])
def make(request: pytest.FixtureRequest, database: Make) -> Make:
    """Make a database of either kind, with further fields."""

    def make(fields: str) -> DataTemplate:
        return database(", ".join(filter(None, (request.param, fields))))

    return make


def holder(template: DataTemplate) -> dict[str, Any]:
    """The resource that holds the data."""
    clusters = template.all("RDS::DBCluster")
    return clusters[0] if clusters else template.one("RDS::DBInstance")


def parameters(template: DataTemplate) -> dict[str, Any]:
    found = template.all("RDS::DBClusterParameterGroup") + template.all("RDS::DBParameterGroup")
    (group,) = found
    return dict(group)


def test_connections_without_tls_are_refused(make: Make) -> None:
    template = make("")
    assert parameters(template)["Properties"]["Parameters"] == {"rds.force_ssl": "1"}
    group = parameters(template)["Properties"]["Family"]
    assert group in ("postgres18", "aurora-postgresql18")
    named = {"DBParameterGroupName", "DBClusterParameterGroupName"} & {
        *holder(template)["Properties"]
    }
    assert len(named) == 1


@pytest.mark.parametrize("version", ["latest", '"18"'])
def test_a_version_that_rds_raises_by_itself_names_no_minor_one(make: Make, version: str) -> None:
    assert holder(make(f"version: {version}"))["Properties"]["EngineVersion"] == "18"


def test_the_parameter_group_follows_the_version(make: Make) -> None:
    template = make('version: "17.6"')
    assert holder(template)["Properties"]["EngineVersion"] == "17.6"
    assert parameters(template)["Properties"]["Family"].endswith("17")


def name_of_parameters(template: DataTemplate) -> str:
    properties = parameters(template)["Properties"]
    name = properties.get("DBParameterGroupName") or properties["DBClusterParameterGroupName"]
    return str(name)


def test_cloudformation_refuses_a_major_upgrade_that_the_file_does_not_allow(make: Make) -> None:
    """It replaces no parameter group that keeps its name, and the family needs another group."""
    before, after = make('version: "17"'), make('version: "18"')
    assert parameters(before)["Properties"]["Family"] != parameters(after)["Properties"]["Family"]
    assert name_of_parameters(before) == name_of_parameters(after) == "books"
    allowed = name_of_parameters(make('version: "18", major_upgrade: true'))
    assert allowed in ("books-postgres18", "books-aurora-postgresql18")


def test_the_password_is_generated_and_in_no_template(make: Make) -> None:
    template = make("")
    secret = template.logical_id("SecretsManager::Secret")
    properties = holder(template)["Properties"]
    assert properties["MasterUserPassword"] == {
        "Fn::Join": [
            "",
            ["{{resolve:secretsmanager:", {"Ref": secret}, ":SecretString:password}}"],
        ]
    }
    assert "ManageMasterUserPassword" not in properties
    assert "SecretString" not in template.properties("SecretsManager::Secret")


def test_whoever_the_account_allows_reads_the_password_unless_readers_are_named(
    make: Make,
) -> None:
    assert not make("").all("SecretsManager::ResourcePolicy")
    template = make('readers: ["arn:aws:iam::123456789012:role/salt"]')
    policy = template.properties("SecretsManager::ResourcePolicy")
    denial, grant = policy["ResourcePolicy"]["Statement"]
    salt, cloudformation = denial["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert salt == "arn:aws:iam::123456789012:role/salt"
    assert ":role/cdk-hnb659fds-cfn-exec-role-" in cloudformation
    assert grant["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [salt]}


def test_the_way_of_generating_stays_or_the_password_would_change(make: Make) -> None:
    generated = make("").properties("SecretsManager::Secret")["GenerateSecretString"]
    assert generated == {
        "SecretStringTemplate": '{"username": "groundwork"}',
        "GenerateStringKey": "password",
        "PasswordLength": 40,
        "ExcludePunctuation": True,
    }


def test_the_secret_learns_the_databases_address(make: Make) -> None:
    template = make("")
    attachment = template.properties("SecretsManager::SecretTargetAttachment")
    assert attachment["TargetType"] == holder(template)["Type"]
    assert attachment["SecretId"] == {"Ref": template.logical_id("SecretsManager::Secret")}


def test_names_come_from_the_item_unless_given(make: Make) -> None:
    properties = holder(make(""))["Properties"]
    assert properties["MasterUsername"] == "groundwork"
    assert (properties.get("DBName") or properties["DatabaseName"]) == "books"
    named = holder(make("user: keeper, database: Ledger"))["Properties"]
    assert named["MasterUsername"] == "keeper"
    assert (named.get("DBName") or named["DatabaseName"]) == "Ledger"


def test_none_is_made_beside_the_one_that_rds_always_makes(make: Make) -> None:
    """Nor is one imported with a name that RDS never says, of a database made without."""
    properties = holder(make("database: postgres"))["Properties"]
    assert not {"DBName", "DatabaseName"} & {*properties}


def test_the_identifier_is_the_items_name_so_that_nothing_is_replaced(make: Make) -> None:
    properties = holder(make(""))["Properties"]
    assert (properties.get("DBClusterIdentifier") or properties["DBInstanceIdentifier"]) == "books"


def test_safe_values_are_the_defaults(make: Make) -> None:
    properties = holder(make(""))["Properties"]
    assert properties["StorageEncrypted"] is True
    assert properties["BackupRetentionPeriod"] == 7
    assert properties["CopyTagsToSnapshot"] is True
    assert properties["EnableIAMDatabaseAuthentication"] is True


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ("", "open-source-rds-extended-support-disabled"),
        ("extended_support: true", "open-source-rds-extended-support"),
    ],
)
def test_extended_support_is_paid_for_only_where_the_file_says_so(
    make: Make, fields: str, asked: str
) -> None:
    assert holder(make(fields))["Properties"]["EngineLifecycleSupport"] == asked


@pytest.mark.parametrize(
    ("deletion", "of_data", "of_secret", "of_rest"),
    [
        ("snapshot", "Snapshot", KEPT, KEPT),
        ("snapshot, deletion_protection: false", "Snapshot", KEPT, "Delete"),
        ("retain, deletion_protection: false", KEPT, KEPT, KEPT),
        ("delete", "Delete", KEPT, KEPT),
        ("delete, deletion_protection: false", "Delete", "Delete", "Delete"),
    ],
)
def test_the_data_is_kept_as_declared_with_what_opens_it(
    make: Make, deletion: str, of_data: str, of_secret: str, of_rest: str
) -> None:
    template = make(f"deletion: {deletion}")
    for resource, policy in (
        (holder(template), of_data),
        (template.one("SecretsManager::Secret"), of_secret),
        (parameters(template), of_rest),
        (log_group(template), of_rest),
        (template.one("SecretsManager::SecretTargetAttachment"), of_rest),
    ):
        of_parameters = resource == parameters(template)
        replaced = "Delete" if of_parameters else "Retain" if policy == KEPT else policy
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (policy, replaced)


def test_a_database_is_protected_once_it_is_made_so_that_its_creation_can_be_undone(
    make: Make,
) -> None:
    template = make("")
    assert "DeletionProtection" not in holder(template)["Properties"]
    (protection,) = template.template.find_resources("Custom::DeletionProtection").values()
    kind = "cluster" if template.all("RDS::DBCluster") else "instance"
    asked = {name: protection["Properties"][name] for name in ("Kind", "Identifier", "Enabled")}
    assert asked == {"Kind": kind, "Identifier": "books", "Enabled": "true"}
    (made,) = template.template.find_resources(holder(template)["Type"], holder(template))
    assert made in protection["DependsOn"]
    assert holder(template)["Metadata"]["GroundworkDeletionProtection"] is True


def test_an_unprotected_database_says_so(make: Make) -> None:
    template = make("deletion_protection: false")
    (protection,) = template.template.find_resources("Custom::DeletionProtection").values()
    assert protection["Properties"]["Enabled"] == "false"


def log_group(template: DataTemplate) -> dict[str, Any]:
    (group,) = (
        group
        for group in template.all("Logs::LogGroup")
        if "/aws/rds/" in json.dumps(group["Properties"])
    )
    return group


def test_the_log_has_an_end(make: Make) -> None:
    template = make("")
    kind = "cluster" if template.all("RDS::DBCluster") else "instance"
    properties = log_group(template)["Properties"]
    assert properties["LogGroupName"] == f"/aws/rds/{kind}/books/postgresql"
    assert properties["RetentionInDays"] == 90
    assert holder(template)["Properties"]["EnableCloudwatchLogsExports"] == ["postgresql"]


def test_the_log_group_is_there_before_rds_makes_its_own(make: Make) -> None:
    template = make("")
    groups = template.template.find_resources("AWS::Logs::LogGroup")
    (own,) = (name for name, group in groups.items() if group == log_group(template))
    assert own in holder(template)["DependsOn"]


def test_logs_stay_with_the_database_where_the_file_says_so(make: Make) -> None:
    template = make("log_exports: false")
    assert holder(template)["Properties"]["EnableCloudwatchLogsExports"] == []


def test_exports_are_switched_on_again_in_the_log_group_that_stayed(make: Make) -> None:
    assert log_group(make("log_exports: false")) == log_group(make(""))


def test_every_database_is_in_all_subnets_of_its_network(make: Make) -> None:
    template = make("")
    subnets = template.template.find_resources("AWS::EC2::Subnet")
    assert template.properties("RDS::DBSubnetGroup")["SubnetIds"] == [
        {"Ref": subnet} for subnet in subnets
    ]
    group = {"Ref": template.logical_id("RDS::DBSubnetGroup")}
    assert holder(template)["Properties"]["DBSubnetGroupName"] == group


def test_only_the_declared_groups_let_anybody_in(make: Make) -> None:
    template = make("")
    properties = holder(template)["Properties"]
    group = {"Fn::GetAtt": [template.logical_id("EC2::SecurityGroup"), "GroupId"]}
    assert (properties.get("VPCSecurityGroups") or properties["VpcSecurityGroupIds"]) == [group]
    assert int(properties["Port"]) == 5432


def test_a_person_finds_the_address_and_the_secret_by_the_items_name(make: Make) -> None:
    outputs = make("").template.find_outputs("*")
    assert set(outputs) == {"BooksDatabaseAddress", "BooksDatabaseSecret"}


def test_every_deletion_of_the_file_has_a_policy() -> None:
    assert {*DATA_POLICY} == {*get_args(Deletion)}
