"""What the deployed stacks say, and why some of them say nothing."""

from __future__ import annotations

import pytest

from runbook.base import outputs
from runbook.base.outputs import Outputs
from settings.contract import Output, output_key
from settings.plan import StackPlan
from tests.runbook.doctor.asking import settings

PLACE = Output.DNS_RECORDS, "example.org"
HERE = {output_key(*PLACE): "records"}
MAIL = "mail: {domains: {example.org: {regions: [us-east-1, eu-west-2]}}}"


@pytest.mark.parametrize("broken", ["us-east-1", "eu-west-2"])
def test_the_reason_of_a_region_is_its_own_stacks(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deployed(plan: StackPlan) -> tuple[dict[str, str], str]:
        return ({}, f"{plan.name} is broken") if plan.region == broken else (HERE, "")

    monkeypatch.setattr(outputs, "_deployed", deployed)
    found = Outputs(settings(MAIL), Output.DNS_RECORDS)
    assert found.lack(*PLACE) == f"mail-{broken} is broken"
    assert broken not in found.by_region(*PLACE)
