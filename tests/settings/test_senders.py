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


def notes(app: str) -> list[str]:
    sets = MAIL.replace("{one: }", "{one: , two: }")
    return [*parse(f"{ACCOUNT}{sets}    app: {app}\n").mail.notes()]


def test_a_set_that_each_message_has_to_name_is_said() -> None:
    assert notes(sender("a@example.org")) == []
    assert notes(sender("a@example.org", configuration_set="one")) == []
    (found,) = notes(sender("a@example.org", configuration_set="two"))
    assert found.startswith("app uses the configuration set two, which is not its identity's:")
    assert "Metabase, Auth0 and WordPress cannot add" in found
