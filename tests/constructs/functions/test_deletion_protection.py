from __future__ import annotations

from typing import Any

import pytest

from groundwork.functions.deletion_protection import handler
from groundwork.functions.shared import setting
from tests.constructs.functions.fake_rds import FakeRds, FakeStacks
from tests.constructs.functions.fake_ses import FakeSsm

KINDS = ("instance", "cluster")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ssm() -> FakeSsm:
    return FakeSsm()


@pytest.fixture
def run(kind: str, ssm: FakeSsm, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Serve a request in a stack of a status; raise what CloudFormation would be told."""

    def serve(rds: FakeRds, request: str, status: str, enabled: bool = True) -> None:
        clients = {"rds": rds, "ssm": ssm, "cloudformation": FakeStacks(status)}
        for module in (handler, setting):
            monkeypatch.setattr(module.boto3, "client", lambda name, **_: clients[name])
            monkeypatch.setattr(module, "retry_until_allowed", lambda client: client)
        asked = {
            "Kind": kind,
            "Identifier": "books",
            "Enabled": str(enabled).lower(),
            "SavedState": "/groundwork/books",
        }
        event: Any = {"RequestType": request, "StackId": "stack", "ResourceProperties": asked}
        handler._apply(event)

    return serve


@pytest.mark.parametrize("enabled", [True, False])
def test_a_new_database_gets_the_protection_that_the_file_declares(run: Any, enabled: bool) -> None:
    rds = FakeRds(books=False)
    run(rds, "Create", "CREATE_IN_PROGRESS", enabled)
    assert rds.protected == {"books": enabled}


@pytest.mark.parametrize(
    "status",
    ["ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"],
)
def test_a_rollback_can_delete_what_the_same_deployment_made(
    run: Any, ssm: FakeSsm, status: str
) -> None:
    rds = FakeRds(books=False)
    run(rds, "Create", "UPDATE_IN_PROGRESS")
    run(rds, "Delete", status)
    assert rds.protected == {"books": False}
    assert not ssm.parameters


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_a_database_that_leaves_the_file_keeps_its_protection(
    run: Any, ssm: FakeSsm, status: str
) -> None:
    rds = FakeRds(books=False)
    run(rds, "Create", "CREATE_IN_PROGRESS")
    run(rds, "Delete", status)
    assert rds.protected == {"books": True}
    assert not ssm.parameters


def test_a_rollback_leaves_a_database_protected_that_was_so_before(run: Any) -> None:
    rds = FakeRds(books=True)
    run(rds, "Create", "UPDATE_IN_PROGRESS")
    run(rds, "Delete", "UPDATE_ROLLBACK_IN_PROGRESS")
    assert rds.protected == {"books": True}


def test_a_rollback_passes_over_a_database_that_is_gone(run: Any, ssm: FakeSsm) -> None:
    rds = FakeRds(books=False)
    run(rds, "Create", "CREATE_IN_PROGRESS")
    del rds.protected["books"]
    run(rds, "Delete", "ROLLBACK_IN_PROGRESS")
    assert not ssm.parameters


def test_a_change_of_the_file_switches_it(run: Any) -> None:
    rds = FakeRds(books=False)
    run(rds, "Create", "CREATE_IN_PROGRESS")
    run(rds, "Update", "UPDATE_IN_PROGRESS", enabled=False)
    assert rds.protected == {"books": False}
