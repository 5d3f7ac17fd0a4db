from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.functions.proxy_targets import handler
from groundwork.functions.shared.cloudformation import Failure
from tests.constructs.functions.faults import refusal


class AlreadyRegisteredError(ClientError):
    pass


class FakeRds:
    exceptions = SimpleNamespace(DBProxyTargetAlreadyRegisteredFault=AlreadyRegisteredError)

    def __init__(self) -> None:
        self.registered: list[tuple[str, list[str]]] = []

    def register_db_proxy_targets(self, **asked: Any) -> None:
        if self.registered:
            raise refusal("DBProxyTargetAlreadyRegisteredFault", AlreadyRegisteredError)
        self.registered.append((asked["DBProxyName"], asked["DBClusterIdentifiers"]))

    def describe_db_proxy_targets(self, **asked: Any) -> Any:
        ((proxy, clusters),) = self.registered
        assert asked == {"DBProxyName": proxy}
        tracked = [{"Type": "TRACKED_CLUSTER", "RdsResourceId": name} for name in clusters]
        return {"Targets": [*tracked, {"Type": "RDS_INSTANCE", "RdsResourceId": "orders-1"}]}


@pytest.fixture
def rds(monkeypatch: pytest.MonkeyPatch) -> FakeRds:
    fake = FakeRds()
    monkeypatch.setattr(f"{handler.__name__}.boto3.client", lambda name: fake)
    monkeypatch.setattr(handler, "retry_until_allowed", lambda client: client)
    return fake


def serve(request: str, cluster: str = "orders") -> None:
    event: Any = {
        "RequestType": request,
        "ResourceProperties": {"Proxy": "orders", "Cluster": cluster},
    }
    handler._apply(event)


def test_a_proxy_is_led_to_its_cluster_once(rds: FakeRds) -> None:
    for request in ("Create", "Update"):
        serve(request)
    assert rds.registered == [("orders", ["orders"])]


def test_a_proxy_that_leads_to_another_cluster_is_not_taken_for_done(rds: FakeRds) -> None:
    serve("Create")
    with pytest.raises(Failure, match=r"leads to orders, .* before invoices is registered"):
        serve("Update", "invoices")
    serve("Update")  # what a rollback asks for
    assert rds.registered == [("orders", ["orders"])]


def test_what_goes_with_the_target_group_is_left_to_cloudformation(rds: FakeRds) -> None:
    serve("Delete")
    assert not rds.registered
