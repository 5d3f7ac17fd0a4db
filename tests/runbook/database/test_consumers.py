"""The logins of consumers: which the file declares, and the digests of their passwords."""

from __future__ import annotations

from base64 import b64decode

import pytest

from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials.rotation import place, raised
from runbook.database import scram
from runbook.database.consumers import ConsumerLogin, logins
from settings import parse
from tests.conftest import EXAMPLE
from tests.settings.test_every_field import EVERYTHING


def test_a_password_becomes_the_digest_that_postgresql_keeps() -> None:
    """By the example of <https://www.rfc-editor.org/rfc/rfc7677#section-3>, and OpenSSL's HMAC."""
    found = scram.verifier("pencil", b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    assert found == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_one_password_has_another_digest_each_time() -> None:
    assert scram.verifier("pencil") != scram.verifier("pencil")


def test_the_logins_are_those_that_the_file_declares() -> None:
    found = logins(parse(EVERYTHING), "analysis")
    assert found == [ConsumerLogin("analysis/reports/partner", "partner_reads", ("reports",))]


def test_pgaudit_logs_the_logins_of_a_cluster_and_the_server_those_of_an_instance() -> None:
    settings = parse(EVERYTHING)
    assert {login.audited for login in logins(settings, "shared")} == {True}
    assert {login.audited for login in logins(settings, "analysis")} == {False}


def test_a_database_without_consumers_says_where_they_go() -> None:
    with pytest.raises(UserError, match="no consumers of analysis"):
        logins(parse(EXAMPLE), "analysis")


def test_a_consumers_password_is_renewed_by_its_number_in_the_file() -> None:
    path = place(parse(EVERYTHING), "analysis/reports/partner", Kind.CONSUMER)
    changed, version = raised(EVERYTHING, path)
    assert version == 3
    consumers = {str(named): each for named, each in parse(changed).data.consumers()}
    consumer = consumers["analysis/reports/partner"]
    assert consumer.credentials.version == 3
