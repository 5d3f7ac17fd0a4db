from __future__ import annotations

import pytest

from settings import ConfigurationError, parse
from tests.builders import sender
from tests.conftest import ACCOUNT

MAIL = """
mail:
  domains: {example.org: {configuration_set: one}}
  configuration_sets: {one: }
  senders:
"""


def fault(declared: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        parse(f"{ACCOUNT}{MAIL}    app: {declared}\n")
    (found,) = raised.value.faults
    return f"{found.path}: {found.message}"


def test_a_month_has_the_mail_of_a_day_at_least() -> None:
    found = fault(sender("a@example.org", volume={"daily": 500, "monthly": 100}))
    expected = "mail.senders.app.volume.monthly: found 100; must be at least the daily volume, 500"
    assert found == expected
