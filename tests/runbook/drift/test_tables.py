"""What drift knows of everything that our functions set."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from runbook.drift.effects import EFFECTS
from settings.contract import CustomType


def test_every_setting_of_ours_is_compared() -> None:
    no_settings = {CustomType.ACCESS_KEY, CustomType.PRODUCTION_ACCESS}
    assert {*EFFECTS} == {*CustomType} - no_settings


def test_a_proxy_that_was_led_to_another_cluster_has_drifted() -> None:
    targets = [
        {"Type": "TRACKED_CLUSTER", "RdsResourceId": "copies"},
        {"Type": "RDS_INSTANCE", "RdsResourceId": "copies-writer"},
    ]
    rds = SimpleNamespace(describe_db_proxy_targets=lambda **_: {"Targets": targets})
    stack: Any = SimpleNamespace(rds=rds)
    _, compare = EFFECTS[CustomType.PROXY_TARGETS]
    found = [*compare(stack, {"Proxy": "orders", "Cluster": "orders"})]
    assert found == [("proxy orders leads to", ["orders"], ["copies"])]
