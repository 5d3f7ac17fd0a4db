from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.functions.proxy_targets import handler
from tests.constructs.functions.faults import refusal


class AlreadyRegisteredError(ClientError):
    pass


class FakeRds:
    exceptions = SimpleNamespace(DBProxyTargetAlreadyRegisteredFault=AlreadyRegisteredError)

    def __init__(self) -> None:
        self.registered: list[tuple[str, list[str]]] = []

    def register_db_proxy_targets(self, **asked: Any) -> None:
        target = (asked["DBProxyName"], asked["DBClusterIdentifiers"])
        if target in self.registered:
            raise refusal("DBProxyTargetAlreadyRegisteredFault", AlreadyRegisteredError)
        self.registered.append(target)


@pytest.fixture
def rds(monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    fake = FakeRds()
    monkeypatch.setattr(f"{handler.__name__}.boto3.client", lambda name: fake)
    monkeypatch.setattr(handler, "retry_until_allowed", lambda client: client)
    return fake


def serve(request: str) -> None:
    event: Any = {
        "RequestType": request,
        "ResourceProperties": {"Proxy": "orders", "Cluster": "orders"},
    }
    handler._apply(event)


def test_a_proxy_is_led_to_its_cluster_once(rds: FakeRds) -> None:
    for request in ("Create", "Update"):
        serve(request)
    assert rds.registered == [("orders", ["orders"])]


def test_what_goes_with_the_target_group_is_left_to_cloudformation(rds: FakeRds) -> None:
    serve("Delete")
    assert not rds.registered
