"""Names and places, compared with what the packages that follow AWS know."""

from __future__ import annotations

import subprocess
import sys

import pytest
from boto3.session import Session

from settings.values.regions import DEFAULT_REGION, RECEIVING, REGIONS, WITHOUT_SES
from settings.values.reserved import why_no_database, why_no_user


def test_every_region_that_boto3_knows_is_a_region() -> None:
    assert set(Session().get_available_regions("ec2")) - set(REGIONS) == set()


def test_mail_is_sent_where_boto3_knows_an_endpoint_of_ses() -> None:
    assert set(REGIONS) - WITHOUT_SES == set(Session().get_available_regions("ses"))


def test_mail_is_received_in_regions_only() -> None:
    assert set(REGIONS) - WITHOUT_SES >= RECEIVING
    assert DEFAULT_REGION in RECEIVING


@pytest.mark.parametrize(
    "name",
    ["rdsadmin", "Postgres", "Select", "db", "flag", "catalog", "comments", "dispatch", "identity"],
)
def test_a_database_may_not_have_a_name_that_rds_refuses(name: str) -> None:
    assert why_no_database(name)


@pytest.mark.parametrize("name", ["admin", "rdsadmin", "pg_owner", "rds_owner", "user", "PUBLIC"])
def test_an_owner_may_not_have_a_name_that_rds_refuses(name: str) -> None:
    assert why_no_user(name)


@pytest.mark.parametrize("name", ["analysis", "common", "metabase", "groundwork", "postgres_2"])
def test_ordinary_names_are_taken(name: str) -> None:
    assert why_no_database(name) is None
    assert why_no_user(name) is None


def test_the_database_that_rds_always_makes_may_be_the_first() -> None:
    assert why_no_database("postgres") is None


def test_the_settings_load_neither_the_cdk_nor_a_client_of_aws() -> None:
    program = "import settings, sys; print({'aws_cdk', 'boto3', 'jsii'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
