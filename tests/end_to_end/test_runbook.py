"""The commands of the runbook, on the deployed example."""

from __future__ import annotations

import json
import smtplib
import ssl
from pathlib import Path

import pytest
import yaml
from botocore.exceptions import ClientError

import embedded
from tests.end_to_end.conftest import Command, Deployment

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]


def test_connection_details_name_everything_but_the_password(
    at: Command, deployment: Deployment
) -> None:
    run = at("database show analysis")
    assert run.status == 0, run.errors
    details = dict(line.split(maxsplit=1) for line in run.output.splitlines()[:5])
    assert details["host"].startswith("analysis.")
    assert (details["port"], details["database"]) == ("5432", "analysis")
    secret = deployment.outputs("data-us-east-1")["AnalysisDatabaseSecret"]
    assert details["password"] == f"in the secret {secret}"
    assert deployment.secret(secret)["password"] not in run.output
    assert "groundwork database connect analysis" in run.output
    assert "tunnel" not in run.output


def test_a_private_database_is_reached_through_a_bastion_alone(at: Command) -> None:
    assert "there is no bastion: only what is in its network" in at("database show common").output
    refused = at("database tunnel common")
    assert refused.status == 1
    assert "there is no bastion." in refused.errors
    assert "bastion: true" in refused.errors


def test_everything_is_on_one_screen_one_page_and_in_one_object(
    at: Command, tmp_path: Path
) -> None:
    screen, page = at("status"), tmp_path / "status.html"
    for part in ("verified, signed with DKIM", "credere", "ocp-redmine-backup", ":5432", "_dmarc"):
        assert part in screen.output, screen.errors
    assert "groundwork mail test credere" in screen.output
    found = json.loads(at("status --json").output)
    assert screen.status == int(found["attention"])
    assert [each["database"] for each in found["databases"]] == ["analysis", "common"]
    assert [row["name"] for row in found["senders"]] == ["credere"]
    assert len(found["dns_records"]["open-contracting.org"]) == 8
    written = at(f"status --html {page}")
    assert (written.status, written.output) == (screen.status, "")
    assert "Mail sent in us-east-1, by day" in page.read_text(encoding="utf-8")


def test_a_bucket_is_as_the_file_has_it(at: Command) -> None:
    run = at("backup status --json")
    assert run.status == 0, run.errors
    (found,) = json.loads(run.output)
    assert (found["bucket"], found["expire_after_days"]) == ("ocp-redmine-backup", 30)
    assert found["problems"] == []


def test_a_database_that_the_file_has_not_gets_the_nearest(at: Command) -> None:
    run = at("database show analyses")
    assert run.status == 1
    assert "Did you mean analysis?" in run.errors


def test_a_key_is_printed_for_the_salt_pillar(at: Command) -> None:
    run = at("credentials show ocp-redmine-backup --as salt")
    assert run.status == 0, run.errors
    pillar = yaml.safe_load(run.output)["aws"]
    assert pillar["region"] == "eu-west-2"
    assert pillar["access_key"].startswith("AKIA")
    assert run.errors == "The secret is read as role/operators.\n"


def test_the_root_user_reads_no_secret_of_the_example(deployment: Deployment) -> None:
    secrets = [
        arn
        for stack, region in (("mail", "us-east-1"), ("data", "us-east-1"), ("backup", "eu-west-2"))
        for name, arn in deployment.outputs(f"{stack}-{region}", region).items()
        if name.endswith("Secret")
    ]
    assert len(secrets) == 4
    for secret in secrets:
        client = deployment.client("secretsmanager", secret.split(":")[3])
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
            client.get_secret_value(SecretId=secret)


def test_a_senders_log_in_is_for_the_aws_that_the_command_speaks_to(
    at: Command, deployment: Deployment
) -> None:
    run = at("credentials show credere --as json")
    assert run.status == 0, run.errors
    instance = embedded.find(deployment.state)
    assert instance
    found = json.loads(run.output)
    assert (found["host"], found["port"]) == ("localhost", instance.smtp_port)
    trust = ssl.create_default_context(cafile=instance.certificate)
    with smtplib.SMTP(found["host"], found["port"], timeout=30) as client:
        client.starttls(context=trust)
        client.login(found["username"], found["password"])


def test_a_databases_password_is_its_secrets(at: Command, deployment: Deployment) -> None:
    run = at("credentials show analysis --as pgpass")
    secret = deployment.outputs("data-us-east-1")["AnalysisDatabaseSecret"]
    password = deployment.secret(secret)["password"]
    assert run.output.endswith(f":5432:analysis:groundwork:{password}\n")


def test_every_items_credentials_are_listed(at: Command) -> None:
    run = at("credentials list --json")
    assert run.status == 0, run.errors
    found = {item["name"]: item for item in json.loads(run.output)}
    assert set(found) == {"credere", "ocp-redmine-backup", "analysis", "common"}
    assert all(item["current"] for item in found.values())
    assert found["credere"]["current"]["id"].startswith("AKIA")
    assert at("credentials list --older-than 0").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("credere --as salt", "salt is a form for backup users; credere is a sender."),
        ("crdere --as env", "Did you mean credere?"),
        ("analysis --as env --port 465", "--region and --port are for senders"),
        ("credere --as env --port 26", "SES does not listen on port 26."),
        ("credere --as env --port 465", "The embedded AWS does not listen on port 465."),
        ("credere --as env --region eu-west-2", "credere does not send in eu-west-2."),
        ("credere --as env --shared", "belong to --as postfix"),
        ("credere --as env --kind database", "credere is a configuration set and a sender"),
    ],
)
def test_what_does_not_fit_is_explained_and_nothing_is_printed(
    at: Command, arguments: str, said: str
) -> None:
    run = at(f"credentials show {arguments}")
    assert run.status == 1
    assert said in run.errors
    assert run.output == ""


def test_a_key_is_refused_to_whoever_the_file_does_not_name(
    at: Command, deployment: Deployment
) -> None:
    iam = deployment.client("iam")
    iam.create_user(UserName="curious")
    statement = {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "*"}
    iam.put_user_policy(
        UserName="curious", PolicyName="look", PolicyDocument=json.dumps({"Statement": statement})
    )
    key = iam.create_access_key(UserName="curious")["AccessKey"]
    variables = (
        f"AWS_ACCESS_KEY_ID={key['AccessKeyId']} AWS_SECRET_ACCESS_KEY={key['SecretAccessKey']}"
    )
    run = at("credentials show ocp-redmine-backup --as env", variables)
    assert run.status == 1
    assert "The secret cannot be read" in run.errors
    assert "readers of a database, may: role/operators. Sign in as one" in run.errors
    assert run.output == ""


def test_the_verification_link_is_read_from_the_mail_that_ses_received(
    at: Command, deployment: Deployment
) -> None:
    missing = at("mail link data@open-contracting.org")
    assert missing.status == 1
    assert "No verification mail of the last 24 hours" in missing.errors
    link = "https://email-verification.us-east-1.amazonaws.com/?Context=123456789012&X=1"
    deployment.client("s3").put_object(
        Bucket=deployment.outputs("mail-us-east-1")["ReceivedMailBucket"],
        Key="data@open-contracting.org/message",
        Body=f"Subject: Verify\n\n{link}\n".encode(),
    )
    assert at("mail link data@open-contracting.org").output == f"{link}\n"
    refused = at("mail link data@example.org")
    assert "receives no mail for data@example.org" in refused.errors


def test_a_verified_address_needs_no_mail(at: Command) -> None:
    run = at("mail verify data@open-contracting.org")
    assert (run.status, run.output) == (0, "")
    assert "data@open-contracting.org is verified in us-east-1" in run.errors
