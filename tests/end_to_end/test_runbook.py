"""The commands of the runbook, on the deployed example."""

from __future__ import annotations

import configparser
import json

import pytest
import yaml

from runbook.backup.cli import FORMS, Form
from runbook.database.cli import session
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
    value = deployment.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert json.loads(value)["password"] not in run.output
    assert "psql 'host=analysis." in run.output
    assert "tunnel" not in run.output


def test_a_private_database_is_reached_through_the_tunnel(at: Command) -> None:
    assert "groundwork database tunnel common" in at("database show common").output
    refused = at("database tunnel common")
    assert refused.status == 1
    assert "There is no bastion." in refused.errors
    assert "bastion: true" in refused.errors


def test_a_database_that_is_not_deployed_is_told_which_are(at: Command) -> None:
    run = at("database show another")
    assert run.status == 1
    assert "another is not deployed." in run.errors
    assert "analysis, common" in run.errors


def test_the_tunnel_forwards_one_port_to_the_database_alone() -> None:
    command = session("i-1", "us-east-1", "host.example", "5432", 15432)
    assert command[:3] == ["aws", "ssm", "start-session"]
    assert command[-1] == "host=host.example,portNumber=5432,localPortNumber=15432"


def test_a_key_is_printed_for_the_salt_pillar(at: Command) -> None:
    run = at("backup key ocp-redmine-backup")
    assert run.status == 0, run.errors
    pillar = yaml.safe_load(run.output)["aws"]
    assert pillar["region"] == "eu-west-2"
    assert pillar["access_key"].startswith("AKIA")


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
    run = at("backup key ocp-redmine-backup", variables)
    assert run.status == 1
    assert "The secret cannot be read" in run.errors
    assert "credentials.readers" in run.errors
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


def test_a_key_is_written_as_its_machine_takes_it() -> None:
    secret = {
        "access_key_id": "KEY",
        "secret_access_key": "se/cr+et",
        "region": "eu-west-2",
        "user": "me",
    }
    salt = yaml.safe_load(FORMS[Form.SALT].format(**secret))
    assert salt == {"aws": {"access_key": "KEY", "secret_key": "se/cr+et", "region": "eu-west-2"}}
    profile = configparser.ConfigParser()
    profile.read_string(FORMS[Form.PROFILE].format(**secret))
    assert profile["me"]["aws_secret_access_key"] == "se/cr+et"
    assert "AWS_SECRET_ACCESS_KEY=se/cr+et\n" in FORMS[Form.ENVIRONMENT].format(**secret)
