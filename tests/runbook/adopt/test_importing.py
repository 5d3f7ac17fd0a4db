"""The template of an import: live values, but for what nobody can read and what is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.adopt import document
from runbook.adopt.account import Account
from runbook.adopt.importing import Import, template
from runbook.adopt.inventory import selected
from runbook.adopt.item import Item, Live, merged
from runbook.adopt.networks import named
from runbook.base.errors import UserError
from settings import ConfigurationError, parse


def imported(kind: str, final: dict[str, Any], live: dict[str, Any], *more: Import) -> Any:
    resources = {"It": {"Type": kind, "Properties": final}}
    resources |= {item.logical_id: {"Type": item.live.type} for item in more}
    found = [Import("It", Live(kind, "it", live)), *more]
    return template({"Resources": resources}, {}, found)["Resources"]["It"]["Properties"]


def test_what_differs_is_as_it_is_and_what_the_file_never_sets_is_left_out() -> None:
    final = {"BackupRetentionPeriod": 7, "MultiAZ": True}
    live = {"BackupRetentionPeriod": 0, "MultiAZ": True, "Iops": 3000}
    assert imported("AWS::RDS::DBInstance", final, live) == {
        "BackupRetentionPeriod": 0,
        "MultiAZ": True,
    }


def test_tags_of_others_are_left_out_so_that_no_change_set_takes_them_away() -> None:
    final = {"Tags": [{"Key": "Name", "Value": "main"}, {"Key": "team", "Value": "platform"}]}
    live = {"Tags": [{"Key": "Name", "Value": "old"}, {"Key": "owner", "Value": "ann"}]}
    assert imported("AWS::EC2::VPC", final, live) == {"Tags": [{"Key": "Name", "Value": "old"}]}


def test_an_arn_that_the_file_writes_as_a_reference_is_no_change() -> None:
    arn = {"Fn::GetAtt": ["Reports", "Arn"]}
    final = {
        "PolicyDocument": {"Statement": [{"Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}]}]}
    }
    written = [{"Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}]
    live = {"PolicyDocument": {"Statement": written}}
    reports = Import("Reports", Live("AWS::S3::Bucket", "reports", {}))
    assert imported("AWS::S3::BucketPolicy", final, live, reports) == final


def test_a_policy_that_differs_names_the_same_bucket_as_the_files() -> None:
    arn = {"Fn::GetAtt": ["Reports", "Arn"]}
    final = {"PolicyDocument": {"Statement": [{"Effect": "Deny", "Resource": [arn]}]}}
    live = {"PolicyDocument": {"Statement": [{"Sid": "TLS", "Resource": "arn:aws:s3:::reports"}]}}
    reports = Import("Reports", Live("AWS::S3::Bucket", "reports", {}))
    found = imported("AWS::S3::BucketPolicy", final, live, reports)
    assert found == {"PolicyDocument": {"Statement": [{"Sid": "TLS", "Resource": arn}]}}


def test_tags_that_a_bucket_would_lose_are_in_the_next_review() -> None:
    final, others = (
        {"Tags": [{"Key": "team", "Value": "platform"}]},
        [{"Key": "owner", "Value": "ann"}],
    )
    assert imported("AWS::S3::Bucket", final, {"Tags": others}) == {"Tags": others}
    assert imported("AWS::S3::Bucket", {}, {"Tags": others}) == {}


@pytest.mark.parametrize("live", [{}, {"DBName": "orders"}])
def test_a_first_database_that_rds_does_not_name_is_what_the_file_says(live: Any) -> None:
    found = imported("AWS::RDS::DBInstance", {"DBName": "postgres"}, live)
    assert found == {"DBName": live.get("DBName", "postgres")}


def test_a_password_is_the_files_once_its_secret_comes_along() -> None:
    password = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Key"}, ":…}}"]]}
    final = {"MasterUserPassword": password}
    assert imported("AWS::RDS::DBInstance", final, {}) == {}
    key = Import("Key", Live("AWS::SecretsManager::Secret", "arn", {}))
    assert imported("AWS::RDS::DBInstance", final, {}, key) == final


def test_a_secret_that_comes_along_is_not_generated_again() -> None:
    final = {"Description": "Login", "GenerateSecretString": {"PasswordLength": 40}}
    found = imported("AWS::SecretsManager::Secret", final, {"Description": "Login"})
    assert found == final


class TestNames:
    def account(self, region: str, **tags: str) -> Account:
        account = Account(region)
        vpcs = [
            Live("AWS::EC2::VPC", vpc, {"Tags": [{"Key": "Name", "Value": name}] if name else []})
            for vpc, name in tags.items()
        ]
        each: Any = lambda _: tuple(vpcs)  # noqa: E731
        account.each = each
        return account

    def test_a_vpc_has_the_label_that_its_tag_makes_or_its_id(self) -> None:
        account = self.account("us-east-1", a="Shop VPC (main)", b="", c="10 Downing Street")
        assert named([account]) == {"a": "shop-vpc-main", "b": "b", "c": "c"}

    def test_one_name_in_two_regions_has_the_regions_and_twice_in_one_the_ids(self) -> None:
        first = self.account("us-east-1", a="main")
        second = self.account("eu-west-2", b="main", c="main")
        assert named([first]) == {"a": "main"}
        assert named([first, second]) == {"a": "main-us-east-1", "b": "b", "c": "c"}

    def test_a_second_item_of_a_name_is_left_alone_and_named(self) -> None:
        path = ("data", "databases", "main")
        live = (Live("AWS::RDS::DBInstance", "main", {}),)
        items = [Item(path, region, {"engine": "x"}, live) for region in ("us-east-1", "eu-west-2")]
        first, second = merged(items)
        assert first == items[0]
        assert (second.declared, second.resources) == (None, ())
        assert second.remarks[0].subject == "data/databases/main in eu-west-2"
        assert "us-east-1 already" in second.remarks[0].reason


def test_a_fault_stands_beside_its_line() -> None:
    text = 'account: "123456789012"\nbackup:\n  buckets:\n    Reports: {}  # of Ann\n'
    with pytest.raises(ConfigurationError) as refused:
        parse(text)
    lines = document.with_faults(text, refused.value.faults).splitlines()
    assert lines[:3] == text.splitlines()[:3]
    assert lines[3].startswith("    Reports: {}  # of Ann  # found the name")


def test_a_chosen_part_is_what_stands_below_its_place_and_nothing_that_begins_alike() -> None:
    names = ("shop.example", "shop.example.org")
    items = [Item(("mail", "domains", name), "us-east-1") for name in names]
    assert selected(items, ["mail/domains/shop.example"]) == items[:1]
    assert selected(items, ["mail/domains/"]) == items
    assert selected(items, []) == items
    with pytest.raises(UserError, match="nothing below data/databases"):
        selected(items, ["data/databases"])
