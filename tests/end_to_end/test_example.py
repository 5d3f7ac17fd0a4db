"""The example, as AWS answers after it was deployed: the values that the wiki page had."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from settings.contract import Output, output_key
from tests.end_to_end.conftest import Command, Deployment, in_a_shell

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]

RECORDS = output_key(Output.DNS_RECORDS, "open-contracting.org")
STACKS = {
    "mail-us-east-1": "us-east-1",
    "data-us-east-1": "us-east-1",
    "backup-eu-west-2": "eu-west-2",
}


def test_the_first_run_deploys_every_stack(deployment: Deployment) -> None:
    assert deployment.first.status == 0, deployment.first.errors
    assert deployment.first.errors == ""
    for stack in STACKS:
        assert f"{stack} is created" in deployment.first.output
        assert f"{stack}: create complete" in deployment.first.output


def test_the_run_ends_with_what_was_built_and_what_to_do_next(deployment: Deployment) -> None:
    _, _, overview = deployment.first.output.partition("\nAccount 123456789012, ")
    for part in (
        "verified, signed with DKIM",
        "data-open-contracting-org",
        "feedback-smtp.us-east-1.amazonses.com",
        "ocp-redmine-backup never",
        ":5432",
        f". {deployment.state}/aws.env && aws s3 ls",
        f"groundwork local stop --state {deployment.state}",
        "groundwork dns check open-contracting.org",
    ):
        assert part in overview


def test_the_readers_of_secrets_may_be_made_after_the_deployment(deployment: Deployment) -> None:
    before, made, after = deployment.first.output.partition("The account has the readers of its")
    assert "Deployed 4 stacks" in before
    assert made, deployment.first.output
    assert after.splitlines()[0].endswith(": arn:aws:iam::123456789012:role/operators")
    assert made not in deployment.second.output


def test_the_second_run_changes_nothing(deployment: Deployment) -> None:
    assert deployment.second.status == 0, deployment.second.errors
    assert "Nothing changed" in deployment.second.output
    assert "create complete" not in deployment.second.output
    assert "update complete" not in deployment.second.output


def test_the_same_file_gives_the_same_bytes(deployment: Deployment) -> None:
    first, second = deployment.templates
    assert {f"{name}.template.json" for name in STACKS} <= {*first}
    assert first == second


def test_the_exports_point_a_shell_at_the_account(deployment: Deployment) -> None:
    shell = subprocess.run(
        ["sh", "-c", f". '{deployment.state}/aws.env' && env"],
        capture_output=True,
        text=True,
        check=True,
    )
    variables = dict(line.split("=", 1) for line in shell.stdout.splitlines() if "=" in line)
    assert variables["AWS_ENDPOINT_URL"].startswith("https://127.0.0.1:")
    assert variables["AWS_REGION"] == "us-east-1"


def test_a_command_in_that_shell_answers_as_here(deployment: Deployment, at: Command) -> None:
    started = in_a_shell(deployment.state, "backup status --json")
    assert started.status == 0, started.errors
    assert started == at("backup status --json")


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_is_protected_against_deletion(deployment: Deployment, stack: str) -> None:
    client = deployment.client("cloudformation", STACKS[stack])
    found = client.describe_stacks(StackName=stack)["Stacks"][0]
    assert found["EnableTerminationProtection"] is True


@pytest.mark.parametrize("stack", STACKS)
def test_what_holds_data_is_guarded_by_a_stack_policy(deployment: Deployment, stack: str) -> None:
    client = deployment.client("cloudformation", STACKS[stack])
    policy = json.loads(client.get_stack_policy(StackName=stack)["StackPolicyBody"])
    denied = next(item for item in policy["Statement"] if item["Effect"] == "Deny")
    assert denied["Action"] == ["Update:Replace", "Update:Delete"]
    assert denied["Resource"]


def test_the_domain_signs_with_2048_bits_and_has_its_own_mail_from(deployment: Deployment) -> None:
    found = deployment.client("sesv2").get_email_identity(EmailIdentity="open-contracting.org")
    assert found["DkimAttributes"]["NextSigningKeyLength"] == "RSA_2048_BIT"
    assert found["MailFromAttributes"]["MailFromDomain"] == "mail.open-contracting.org"


def test_the_address_is_an_identity_of_its_own(deployment: Deployment) -> None:
    found = deployment.client("sesv2").get_email_identity(EmailIdentity="data@open-contracting.org")
    assert found["IdentityType"] == "EMAIL_ADDRESS"


def test_the_records_are_ready_for_a_host_that_appends_the_domain(deployment: Deployment) -> None:
    records = [
        line.split("\t") for line in deployment.outputs("mail-us-east-1")[RECORDS].split("\n")
    ]
    names = [(kind, name) for kind, name, *_ in records]
    assert sum(kind == "CNAME" for kind, _ in names) == 3
    assert ("MX", "mail") in names
    assert ("TXT", "@") in names
    assert ("TXT", "_dmarc") in names
    assert not any("open-contracting.org" in name for _, name in names)


def test_the_addresss_topic_tells_its_subscriber(deployment: Deployment) -> None:
    sns = deployment.client("sns")
    topics = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    topic = next(arn for arn in topics if arn.endswith(":data-open-contracting-org"))
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert ("email", "sysadmin@open-contracting.org") in [
        (item["Protocol"], item["Endpoint"]) for item in subscriptions
    ]


def test_the_configuration_set_publishes_three_kinds_of_event_to_that_topic(
    deployment: Deployment,
) -> None:
    found = deployment.client("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName="credere"
    )["EventDestinations"]
    destination = next(item for item in found if item["Name"] == "events")
    assert destination["SnsDestination"]["TopicArn"].endswith(":data-open-contracting-org")
    assert sorted(destination["MatchingEventTypes"]) == [
        "DELIVERY_DELAY",
        "REJECT",
        "RENDERING_FAILURE",
    ]


def test_verification_mail_is_received_over_tls_scanned_and_stored(deployment: Deployment) -> None:
    ses = deployment.client("ses")
    names = [item["Name"] for item in ses.list_receipt_rule_sets()["RuleSets"]]
    rule_sets = [ses.describe_receipt_rule_set(RuleSetName=name) for name in names]
    rules = [rule for found in rule_sets for rule in found["Rules"]]
    rule = next(rule for rule in rules if rule["Recipients"] == ["open-contracting.org"])
    assert rule["TlsPolicy"] == "Require"
    assert rule["ScanEnabled"] is True
    assert rule["Actions"][0]["S3Action"]["BucketName"]


def test_the_network_has_exactly_the_declared_blocks(deployment: Deployment) -> None:
    ec2 = deployment.client("ec2")
    network = next(
        item for item in ec2.describe_vpcs()["Vpcs"] if item["CidrBlock"] == "10.0.0.0/16"
    )
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [network["VpcId"]]}])[
        "Subnets"
    ]
    assert {(item["CidrBlock"], item["AvailabilityZone"]) for item in subnets} == {
        ("10.0.1.0/24", "us-east-1a"),
        ("10.0.2.0/24", "us-east-1b"),
    }


def test_the_security_group_admits_postgresql_from_anywhere(deployment: Deployment) -> None:
    groups = deployment.client("ec2").describe_security_groups()["SecurityGroups"]
    group = next(item for item in groups if item["GroupName"] == "postgresql-anywhere")
    assert group["Description"] == "Allows PostgreSQL connections from anywhere"
    ranges = [(rule["FromPort"], rule["ToPort"], _sources(rule)) for rule in group["IpPermissions"]]
    assert {(first, last) for first, last, _ in ranges} == {(5432, 5432)}
    assert {source for _, _, sources in ranges for source in sources} == {"0.0.0.0/0", "::/0"}


def _sources(rule: dict[str, Any]) -> list[str]:
    return [item["CidrIp"] for item in rule["IpRanges"]] + [
        item["CidrIpv6"] for item in rule.get("Ipv6Ranges", ())
    ]


def test_the_analysis_database_is_as_the_page_asked(deployment: Deployment) -> None:
    rds = deployment.client("rds")
    found = next(
        item
        for item in rds.describe_db_instances()["DBInstances"]
        if item["DBInstanceClass"] == "db.t3.micro"
    )
    assert found["Engine"] == "postgres"
    assert found["AllocatedStorage"] == 20
    assert found["PubliclyAccessible"] is True
    assert found["BackupRetentionPeriod"] == 0
    assert found["StorageEncrypted"] is False
    assert found["MultiAZ"] is False
    assert found.get("MaxAllocatedStorage") in (None, 20)


def test_the_common_cluster_scales_to_two_units_and_pauses(deployment: Deployment) -> None:
    found = deployment.client("rds").describe_db_clusters()["DBClusters"][0]
    scaling = found["ServerlessV2ScalingConfiguration"]
    assert (scaling["MinCapacity"], scaling["MaxCapacity"]) == (0, 2)
    assert scaling["SecondsUntilAutoPause"] == 3600
    assert found["DatabaseName"] == "common"
    assert found["BackupRetentionPeriod"] == 1
    assert found["HttpEndpointEnabled"] is True


def test_the_password_is_generated_and_says_where_it_is_used(deployment: Deployment) -> None:
    arn = deployment.outputs("data-us-east-1")["AnalysisDatabaseSecret"]
    secret = deployment.secret(arn)
    assert len(secret["password"]) >= 30
    assert {"host", "port", "username", "dbname", "engine"} <= secret.keys()


def test_the_bucket_expires_objects_after_30_days_and_uploads_after_7(
    deployment: Deployment,
) -> None:
    s3 = deployment.client("s3", "eu-west-2")
    rules = s3.get_bucket_lifecycle_configuration(Bucket="ocp-redmine-backup")["Rules"]
    expiry = next(rule for rule in rules if rule["ID"] == "delete-after-30-days")
    assert expiry["Expiration"] == {"Days": 30}
    aborts = [
        rule["AbortIncompleteMultipartUpload"]
        for rule in rules
        if "AbortIncompleteMultipartUpload" in rule
    ]
    assert aborts[0] == {"DaysAfterInitiation": 7}


def test_the_bucket_is_private_and_encrypted(deployment: Deployment) -> None:
    s3 = deployment.client("s3", "eu-west-2")
    blocked = s3.get_public_access_block(Bucket="ocp-redmine-backup")[
        "PublicAccessBlockConfiguration"
    ]
    assert all(blocked.values())
    assert s3.get_bucket_location(Bucket="ocp-redmine-backup")["LocationConstraint"] == "eu-west-2"
    assert s3.get_bucket_encryption(Bucket="ocp-redmine-backup")


def test_the_backup_user_has_its_policy_and_nothing_else(deployment: Deployment) -> None:
    iam = deployment.client("iam")
    attached = iam.list_attached_user_policies(UserName="ocp-redmine-backup")["AttachedPolicies"]
    assert len(attached) == 1
    assert iam.list_user_policies(UserName="ocp-redmine-backup")["PolicyNames"] == []
    arn = attached[0]["PolicyArn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    allowed = {
        action
        for statement in document["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert {"s3:ListBucket", "s3:PutObject", "s3:GetObject", "s3:DeleteObject"} <= allowed


def test_the_account_has_the_roles_that_the_file_trusts(deployment: Deployment) -> None:
    role = deployment.client("iam").get_role(RoleName="developers")["Role"]
    assert role["Arn"] == "arn:aws:iam::123456789012:role/developers"
    assert "what the file trusts, as yours must" in deployment.first.output
    assert "what the file trusts" not in deployment.second.output
