"""Every check, by what it asks about. Each is a module that yields its answers for a region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from runbook.doctor.answer import Answer
from runbook.doctor.checks import (
    bootstrap,
    engines,
    guards,
    mail,
    names,
    plan,
    principals,
    quotas,
    receiving,
    stacks,
    trails,
    versions,
    zones,
)
from runbook.doctor.place import Place


class Check(StrEnum):
    """What is asked, as a report names it."""

    BOOTSTRAP = "bootstrap"
    STACKS = "stacks"
    GUARDS = "guards"
    VERSIONS = "versions"
    NAMES = "names"
    PRINCIPALS = "principals"
    QUOTAS = "quotas"
    PLAN = "account plan"
    ZONES = "zones"
    ENGINES = "engines"
    MAIL = "mail"
    RECEIVING = "receiving"
    TRAILS = "trails"


@dataclass(frozen=True)
class Asked:
    """How a check asks, and when."""

    look: Callable[[Place], Iterator[Answer]]
    before_changes: bool
    """Whether `changes prepare` asks it too: where CloudFormation would not say it by itself."""


CHECKS: Mapping[Check, Asked] = {
    Check.BOOTSTRAP: Asked(bootstrap.look, before_changes=True),
    Check.STACKS: Asked(stacks.look, before_changes=False),
    Check.GUARDS: Asked(guards.look, before_changes=True),
    Check.VERSIONS: Asked(versions.look, before_changes=True),
    Check.NAMES: Asked(names.look, before_changes=False),
    Check.PRINCIPALS: Asked(principals.look, before_changes=True),
    Check.QUOTAS: Asked(quotas.look, before_changes=True),
    Check.PLAN: Asked(plan.look, before_changes=False),
    Check.ZONES: Asked(zones.look, before_changes=True),
    Check.ENGINES: Asked(engines.look, before_changes=True),
    Check.MAIL: Asked(mail.look, before_changes=True),
    Check.RECEIVING: Asked(receiving.look, before_changes=True),
    Check.TRAILS: Asked(trails.look, before_changes=True),
}
