"""The commands of the runbook as the access stack's roles, in an AWS that judges their policies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.constructs.access.conftest import denied, token
from tests.end_to_end.conftest import ROOT, Command, Deployment

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("example")]

ACCOUNT = "123456789012"
DEVELOPERS = f"arn:aws:iam::{ACCOUNT}:role/developers"
BUCKET = "clicked-by-hand"
MINUTE = re.compile(r"\d\d:\d\d UTC")

READING = (
    "adopt",
    "credentials list --json",
    "database show analysis",
    "dns show",
    "drift --json",
    "mail may-send credere noreply@open-contracting.org --json",
    "mail suppressed --json",
    "status",  # with what `mail status`, `senders` and `backup status` show
)
"""Every command that only reads the account, except those that read a secret or a mail."""
Credentials = dict[str, str]


def _variables(credentials: Credentials) -> str:
    names = {
        "AWS_ACCESS_KEY_ID": "AccessKeyId",
        "AWS_SECRET_ACCESS_KEY": "SecretAccessKey",
        "AWS_SESSION_TOKEN": "SessionToken",
    }
    return " ".join(f"{name}={credentials[key]}" for name, key in names.items())


@pytest.fixture(scope="module")
def role(deployment: Deployment) -> Callable[[str], Credentials]:
    """A session of a role, assumed by those whom the file trusts with it."""

    def reader() -> Credentials:
        """The file trusts a role of people, which needs no more to assume the reader's."""
        sts = deployment.client("sts")
        person = sts.assume_role(RoleArn=DEVELOPERS, RoleSessionName="cleo")["Credentials"]
        signed_in = deployment.client("sts", credentials=person)
        arn = f"arn:aws:iam::{ACCOUNT}:role/groundwork-reader"
        return dict(signed_in.assume_role(RoleArn=arn, RoleSessionName="cleo")["Credentials"])

    def job(name: str, subject: str) -> Credentials:
        """The file trusts a job of GitHub Actions by its token."""
        answer = deployment.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/groundwork-{name}",
            RoleSessionName="octocat",
            WebIdentityToken=token(f"repo:example/infrastructure:{subject}"),
        )
        return dict(answer["Credentials"])

    @cache
    def session(name: str) -> Credentials:
        return reader() if name == "reader" else job(name, "pull_request")

    return session


@pytest.mark.parametrize("command", READING)
def test_the_reader_reads_what_an_administrator_reads(
    command: str, at: Command, role: Callable[[str], Credentials]
) -> None:
    administrator, reader = at(command), at(command, _variables(role("reader")))
    assert reader.errors == administrator.errors
    assert MINUTE.sub("", reader.output) == MINUTE.sub("", administrator.output)
    assert reader.status == administrator.status


def test_the_doctor_finds_nothing_wrong_with_the_deployed_example(
    at: Command, role: Callable[[str], Credentials]
) -> None:
    run = at("doctor --json", _variables(role("reader")))
    found = json.loads(run.output)
    assert [row for row in found if row["state"] == "wrong"] == []
    assert {row["check"] for row in found if row["state"] == "cannot be asked"} <= {"account plan"}
    assert {row["region"] for row in found} == {"eu-west-2", "us-east-1"}
    assert run.status == 0, run.errors


def test_the_reader_reads_no_secret_and_no_mail(
    deployment: Deployment, role: Callable[[str], Credentials]
) -> None:
    secret = deployment.outputs("data-us-east-1")["AnalysisDatabaseSecret"]
    bucket = deployment.outputs("mail-us-east-1")["ReceivedMailBucket"]
    for name in ("reader", "author"):
        secrets = deployment.client("secretsmanager", credentials=role(name))
        s3 = deployment.client("s3", credentials=role(name))
        assert denied(lambda: secrets.get_secret_value(SecretId=secret))  # noqa: B023
        assert denied(lambda: s3.get_object(Bucket=bucket, Key="any"))  # noqa: B023


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example with one change, which the author prepares."""
    made = tmp_path / "groundwork.yaml"
    text = (ROOT / "groundwork.yaml").read_text()
    made.write_text(text.replace("expire_after_days: 30", "expire_after_days: 31"))
    return made


@pytest.fixture
def clicked(deployment: Deployment) -> Iterator[str]:
    """A bucket that somebody made by hand."""
    s3 = deployment.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    yield BUCKET
    s3.delete_bucket(Bucket=BUCKET)


def test_the_author_prepares_a_change_and_discards_it(
    at: Command, role: Callable[[str], Credentials], file: Path, tmp_path: Path
) -> None:
    options = f"--config {file} --state {tmp_path}"
    prepared = at(f"changes prepare {options}", _variables(role("author")))
    assert prepared.status == 0, prepared.errors
    assert "This changes account 123456789012 as " in prepared.errors
    assert "assumed-role/groundwork-author/octocat, on the embedded AWS at" in prepared.errors
    assert "backup-eu-west-2" in prepared.output
    assert "cannot be counted" not in prepared.output
    shown = at(f"changes show {options}", _variables(role("reader")))
    assert shown.status == 0, shown.errors
    discarded = at(f"changes discard {options}", _variables(role("author")))
    assert discarded.status == 0, discarded.errors


def test_the_author_adopts_what_was_made_by_hand(
    at: Command, role: Callable[[str], Credentials], file: Path, clicked: str, tmp_path: Path
) -> None:
    options = f"--config {file} --state {tmp_path}"
    command = f"adopt {options} --only backup/buckets --write --prepare"
    adopted = at(command, _variables(role("author")))
    assert adopted.status == 0, adopted.errors
    assert clicked in adopted.output
    discarded = at(f"changes discard {options}", _variables(role("author")))
    assert discarded.status == 0, discarded.errors
