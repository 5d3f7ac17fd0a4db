"""What drift knows of everything that our functions set."""

from __future__ import annotations

from runbook.drift.effects import EFFECTS
from settings.contract import CustomType


def test_every_setting_of_ours_is_compared() -> None:
    no_settings = {CustomType.ACCESS_KEY, CustomType.PRODUCTION_ACCESS}
    assert {*EFFECTS} == {*CustomType} - no_settings
