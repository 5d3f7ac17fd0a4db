"""The account of the wiki page, adopted: the file says what is there, and nothing was touched."""

import json
from pathlib import Path
from typing import Any

import pytest

from settings import load
from tests.adopt.conftest import Adoption
from tests.adopt.wiki_page import ADDRESS, BUCKET, DOMAIN, LONDON

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("adopt")]
ROOT = Path(__file__).parents[2]


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


def test_the_import_is_a_review_like_every_other(adoption: Adoption) -> None:
    assert "imported: networks/main/vpc" in adoption.said["import"]
    assert "import complete" in adoption.said["execute"]


def test_the_file_has_every_item_of_the_page(adoption: Adoption) -> None:
    found = load(adoption.folder / "groundwork.yaml")
    example = load(ROOT / "groundwork.yaml")
    assert [*found.mail.domains] == [*example.mail.domains]
    assert [*found.mail.addresses] == [*example.mail.addresses]
    assert [*found.mail.configuration_sets] == [*example.mail.configuration_sets]
    assert [*found.mail.senders] == [*example.mail.senders]
    assert found.data.networks == example.data.networks
    assert {*found.data.databases} == {*example.data.databases}
    assert [*found.backup.buckets] == [*example.backup.buckets]
    assert found.mail.addresses[ADDRESS].notify == example.mail.addresses[ADDRESS].notify
    assert found.mail.domains[DOMAIN].mail_from == "mail"


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


def test_a_rule_that_the_file_cannot_say_is_named_while_looking(adoption: Adoption) -> None:
    assert "'FromPort': 22" in adoption.said["look"]


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


def test_each_key_and_policy_that_stays_is_named(adoption: Adoption) -> None:
    assert adoption.made
    assert adoption.made.smtp_key["AccessKeyId"] in adoption.said["look"]
    assert "policy pasted of credere" in adoption.said["look"]
