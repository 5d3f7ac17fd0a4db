"""The account of the wiki page, adopted: the file says what is there, and nothing was touched."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from runbook.database.tunnel import free_port
from settings import load
from tests.adopt.conftest import HOME, Adoption, are_our_own, changing
from tests.adopt.wiki_page import BUCKET, DOMAIN, LONDON, PASSWORD, RECEIVED
from tests.clients.postgresql import Cluster, attempt, give
from tests.programs import require

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("adopt")]
ROOT = Path(__file__).parents[2]
ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@pytest.fixture
def server() -> Iterator[Cluster]:
    """A PostgreSQL whose owner has the password that was chosen by hand."""
    require("postgres")
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        give(Path(name))
        cluster = Cluster(Path(name), "data", free_port())
        cluster.initialize()
        (cluster.data / "pg_hba.conf").write_text(ACCESS)
        with cluster.running(listen_addresses="127.0.0.1"):
            cluster.query(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
            cluster.query("CREATE DATABASE analysis")
            yield cluster


@pytest.fixture(scope="module")
def review(adoption: Adoption) -> Any:
    return json.loads(adoption.said["json"])


def changes(review: Any) -> list[Any]:
    return [change for stack in review["stacks"] for change in stack["changes"]]


def test_looking_writes_nothing(adoption: Adoption) -> None:
    assert "+ data/databases/analysis" in adoption.said["look"]
    assert adoption.states["looked"] == adoption.states["clicked"]


def test_the_import_touches_nothing(adoption: Adoption) -> None:
    assert adoption.states["imported"] == adoption.states["clicked"]
    assert adoption.states["prepared"] == adoption.states["clicked"]


def test_no_call_of_the_import_changes_anything_but_stacks(adoption: Adoption) -> None:
    made = changing(adoption.states["calls"])
    secrets = {c.parameters["Name"] for c in made if c.operation == "CreateSecret"}
    assert secrets == {"groundwork-adopted/analysis", "groundwork-adopted/common"}
    assert ("cloudformation", "ExecuteChangeSet") in {(c.service, c.operation) for c in made}
    assert are_our_own(made)


def test_an_import_and_an_execution_that_were_killed_between_two_stacks_go_on(
    adoption: Adoption,
) -> None:
    """The fixture kills both; what is said here is of the run after it."""
    assert "imported: networks/main/vpc" in adoption.said["import"]
    assert "imported: buckets/ocp-redmine-backup" in adoption.said["import"]
    for region, area in ((HOME, "mail"), (HOME, "data"), (LONDON, "backup")):
        client = adoption.client("cloudformation", region)
        (stack,) = client.describe_stacks(StackName=f"{area}-{region}")["Stacks"]
        assert stack["StackStatus"] in ("IMPORT_COMPLETE", "UPDATE_COMPLETE")


def test_the_import_is_a_review_like_every_other(adoption: Adoption) -> None:
    assert "imported: networks/main/vpc" in adoption.said["import"]
    assert "import complete" in adoption.said["execute"]


def differing(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Name every value in which two settings differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in {**one, **other}:
            yield from differing(one.get(name), other.get(name), f"{path}.{name}".strip("."))
    elif one != other:
        yield path


def test_the_file_equals_the_shipped_example_but_for_what_is_listed(adoption: Adoption) -> None:
    found = load(adoption.folder / "groundwork.yaml").model_dump(mode="json")
    example = load(ROOT / "groundwork.yaml").model_dump(mode="json")
    assert {*differing(found, example)} == {*NOT_OF_THE_EXAMPLE}


READERS = "who may read a secret is decided in the file alone"
DATABASE = {
    "extended_support": "RDS charges for it by default, and it stays as it was made",
    "log_exports": "the page exports no log",
    "network": "an adopted item names its network",
    "notify": "the page makes no alarms",
    "readers": READERS,
    "user": "the console's own default",
    "version": "RDS installs minor versions of the one that was chosen",
}
NOT_OF_THE_EXAMPLE = {
    "accepted_risks": "every finding is accepted as found, for three months",
    "access": "nobody makes roles by following the page",
    "tags.team": "the page tags nothing",
    "mail.notify": "the page makes no alarms",
    "mail.configuration_sets.credere.require_tls": "the console's own default",
    "mail.senders.credere.bounces_to": "its bounces go to the domain's people",
    "mail.senders.credere.credentials.readers": READERS,
    "mail.senders.credere.delivery_logs": "the page logs no deliveries",
    "mail.senders.credere.from_addresses": "the pasted policy allows every address",
    "mail.senders.credere.volume.daily": "no account knows it",
    "mail.senders.credere.volume.monthly": "no account knows it",
    **{
        f"mail.domains.{DOMAIN}.{record}": "a record of the DNS, which is not in the account"
        for record in ("dmarc.reports_to", "dns.host", "spf.keep")
    },
    **{f"data.databases.analysis.{name}": why for name, why in DATABASE.items()},
    **{f"data.databases.common.{name}": why for name, why in DATABASE.items()},
    "data.databases.analysis.deletion": "what becomes of its data is decided in the file alone",
    "data.databases.common.deletion_protection": "the page does not switch it on",
    "data.databases.common.capacity.pause_after": "the embedded AWS does not answer with it",
    "backup.buckets.ocp-redmine-backup.users.ocp-redmine-backup.credentials.readers": READERS,
    "data.security_groups.postgresql-anywhere.network": "an adopted item names its network",
}
"""What the adopted file does not have as the example has it, and why."""


def test_what_is_weak_is_an_accepted_risk_with_an_owner_and_an_end(adoption: Adoption) -> None:
    found = load(adoption.folder / "groundwork.yaml").accepted_risks
    weak = {(risk.rule, risk.on) for risk in found}
    assert ("AwsSolutions-RDS2", "data/databases/analysis") in weak
    assert {risk.owner for risk in found} == {"platform"}


def test_nothing_is_left_to_adopt_afterwards(adoption: Adoption) -> None:
    assert "Nothing is left to adopt" in adoption.said["again"]


def test_the_next_review_replaces_and_deletes_nothing_for_certain(review: Any) -> None:
    effects = {change["place"]: change["effect"] for change in changes(review)}
    # CloudFormation cannot rule it out where an instance gets another parameter group.
    assert effects.pop("databases/analysis/instance") in ("change", "may-replace")
    assert {*effects.values()} == {"add", "change"}


def test_the_next_review_shows_what_the_file_would_change(review: Any) -> None:
    group = next(c for c in changes(review) if c["place"].endswith("postgresql-anywhere/group"))
    before = {d["path"]: d["before"] for d in group["differences"]}
    assert 22 in [rule["FromPort"] for rule in before["Properties.SecurityGroupIngress"]]


def test_what_stays_beside_the_file_is_in_the_head_of_the_next_review(review: Any) -> None:
    beside = [(change["place"], change["now"]) for change in review["drift"]["changes"]]
    assert ("senders/credere/user", "pasted") in beside


def test_the_next_review_says_what_it_does_to_what_stands_beside(adoption: Adoption) -> None:
    """A topic's policy is written whole; a policy of a user stays beside the others."""
    after = adoption.said["next"].partition("has a policy statement that nobody declared")[2]
    assert after.partition("Executing this ")[2].startswith("overwrites it")
    after = adoption.said["next"].partition("has an inline policy that nobody declared")[2]
    assert after.partition("Executing this ")[2].startswith("leaves it as it is")


def test_a_rule_that_the_file_cannot_say_is_named_while_looking(adoption: Adoption) -> None:
    assert "a rule that the file cannot say: tcp 22 from 0.0.0.0/0" in adoption.said["look"]


def test_the_keys_that_were_made_by_hand_go_on_working(adoption: Adoption) -> None:
    assert adoption.made
    key = adoption.made.backup_key
    s3 = adoption.client(
        "s3",
        LONDON,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [
        "redmine/2026-11-01.sql.gz"
    ]


def test_mail_is_sent_with_the_old_key_and_received_by_the_old_rule_as_before(
    adoption: Adoption,
) -> None:
    s3 = adoption.client("s3")
    listed = s3.list_objects_v2(Bucket=RECEIVED, Prefix="verification/")["Contents"]
    stored = [s3.get_object(Bucket=RECEIVED, Key=i["Key"])["Body"].read() for i in listed]
    subjects = [message_from_bytes(mail)["Subject"] for mail in stored]
    assert sorted(subjects) == ["after", "before", "verify"]


def test_no_property_of_a_connection_changes(adoption: Adoption) -> None:
    now, clicked = adoption.connections(), adoption.states["clicked"]
    assert {*now} == {"analysis", "common", "common-instance-1"}
    assert all(now[name]["Endpoint"] for name in now)
    assert now["analysis"]["VpcSecurityGroups"]
    assert now.items() <= clicked.items()


def test_the_records_of_an_imported_domain_are_said_to_come_with_the_next_change(
    adoption: Adoption,
) -> None:
    """An import changes no outputs."""
    text = " ".join(adoption.said["dns"].split())
    assert f"The records of {DOMAIN} in us-east-1 are not known yet: the stack mail-us" in text
    assert "mail-us-east-1 was imported into, and the next change adds its outputs" in text


@pytest.mark.clients
def test_the_password_of_the_secret_logs_in_to_what_the_one_chosen_by_hand_does(
    adoption: Adoption, server: Cluster
) -> None:
    """A server of one's own stands for the database, which the embedded AWS does not run."""
    client = adoption.client("secretsmanager")
    text = client.get_secret_value(SecretId="groundwork-adopted/analysis")["SecretString"]
    kept = json.loads(text)
    for word, succeeds in ((PASSWORD, True), (kept["password"], True), ("another", False)):
        done = attempt(
            *(require("psql"), "-XAtc", "SELECT current_user"),
            f"host=127.0.0.1 port={server.port} dbname=analysis user={kept['username']}",
            environment={**os.environ, "PGPASSWORD": word},
        )
        assert (done.stdout == "postgres\n") == succeeds, done.stderr


def test_each_key_and_policy_that_stays_is_named(adoption: Adoption) -> None:
    assert adoption.made
    assert adoption.made.smtp_key["AccessKeyId"] in adoption.said["look"]
    assert "policy pasted of credere" in adoption.said["look"]


@pytest.mark.clients
def test_the_old_key_goes_on_working_with_the_real_command_line(
    adoption: Adoption, tmp_path: Path
) -> None:
    assert adoption.made
    key = adoption.made.backup_key
    environment = {
        **adoption.instance.within(os.environ),
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    # Debian 12's does not know AWS_ENDPOINT_URL.
    command = [require("aws"), "--endpoint-url", adoption.instance.endpoint, "s3", "cp"]
    for pair in (("-", f"s3://{BUCKET}/redmine/new"), (f"s3://{BUCKET}/redmine/new", "back")):
        done = subprocess.run(
            [*command, "--no-progress", *pair],
            cwd=tmp_path,
            env=environment,
            input=b"a newer backup",
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "back").read_bytes() == b"a newer backup"


def test_the_rule_set_that_was_active_stays_active_and_is_the_stacks(adoption: Adoption) -> None:
    active = adoption.client("ses").describe_active_receipt_rule_set()
    assert active["Metadata"]["Name"] == "default-rule-set"
    assert "imported: receiving/rule-set" in adoption.said["import"]
    assert "imported: receiving/bucket (S3::Bucket)" in adoption.said["import"]


def test_a_password_that_was_asked_for_is_in_the_secret_and_stays(
    adoption: Adoption, review: Any
) -> None:
    client = adoption.client("secretsmanager")
    for name in ("analysis", "common"):
        secret = client.get_secret_value(SecretId=f"groundwork-adopted/{name}")["SecretString"]
        assert json.loads(secret) == {"username": "postgres", "password": PASSWORD}
    assert "its master password cannot be read" in adoption.said["look"]
    assert "its master password cannot be read" not in adoption.said["import"]
    paths = [d["path"] for change in changes(review) for d in change["differences"]]
    assert [path for path in paths if "Password" in path or "GenerateSecretString" in path] == []
    assert PASSWORD not in "".join(adoption.said.values())
