"""Tables by kind have every kind: one that is forgotten would be a KeyError for whoever uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from groundwork.mail.identity import BEHAVIOR
from settings.models.access import RoleName
from settings.models.identities import MailFromFailure
from settings.models.records import APPENDS, Host
from settings.models.senders import Category
from settings.plan import PLANNERS
from settings.plan.suppression import SUPPRESSION
from settings.values.areas import Area
from settings.values.versions import NEWEST, Engine
from stacks.access import ROLES


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (PLANNERS, tuple(Area)),
        (ROLES, tuple(RoleName)),
        (SUPPRESSION, get_args(Category)),
        (APPENDS, get_args(Host)),
        (BEHAVIOR, get_args(MailFromFailure)),
        (NEWEST, get_args(Engine)),
    ],
)
def test_a_table_has_every_kind(table: Mapping[Any, Any], kinds: tuple[Any, ...]) -> None:
    assert tuple(table) == kinds
