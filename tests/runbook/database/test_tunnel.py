"""What is asked of Session Manager for a tunnel."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.base.errors import UserError
from runbook.database import tunnel
from runbook.database.place import Place


def place(**more: Any) -> Place:
    secret = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:books"
    return Place(
        **{
            "name": "books",
            "host": "books.example.org",
            "port": 5432,
            "database": "books",
            "user": "groundwork",
            "secret": secret,
            "public": False,
            "bastion": "i-0123",
            **more,
        }
    )


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


def test_a_database_is_named_in_a_document_of_awss_own() -> None:
    asked = tunnel.command(place(), 15432)
    assert asked[-3] == "AWS-StartPortForwardingSessionToRemoteHost"
    assert asked[-1] == "host=books.example.org,portNumber=5432,localPortNumber=15432"


def test_no_tunnel_leads_to_a_public_database() -> None:
    with pytest.raises(UserError, match="has a public address: no tunnel leads to it"):
        tunnel.command(place(public=True), 15432)


def test_what_no_tunnel_leads_to_is_named_as_the_replica_that_it_is() -> None:
    with pytest.raises(UserError, match="reports of books has a public address") as refused:
        tunnel.command(place(public=True, replica="reports"), 15432)
    assert refused.value.advice == "Connect: groundwork database connect books --replica reports"
    with pytest.raises(UserError, match="reports of books has no public address") as refused:
        tunnel.command(place(bastion=None, replica="reports", behind_proxy=True), 15432)
    assert refused.value.advice == "Set bastion: true at one of its consumers."


def test_a_replica_has_a_document_in_which_nobody_says_where_it_leads() -> None:
    asked = tunnel.command(place(document="books-reports-tunnel"), 15432)
    assert asked[-3:] == ["books-reports-tunnel", "--parameters", "localPortNumber=15432"]
    assert "i-0123" in asked
