"""What somebody typed after `groundwork adopt`, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from runbook.adopt.senders import Register
from runbook.base import aws
from settings import load
from settings.plan import StackId, plans


@dataclass(frozen=True)
class Options:
    """The file, what to look at, and what to do with it."""

    file: Path
    state: Path
    regions: tuple[str, ...] = ()
    """The file's own region comes first, whatever is named."""
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    write: bool = False
    prepare: bool = False
    keep_password: bool = False
    """Ask for the master passwords, and put them into the secrets."""
    replace: bool = False
    """Discard others' open reviews of the same stacks."""
    owner: str = ""
    """Who owns the accepted risks."""
    contact: str = ""
    cost_center: str = ""
    approval: str = ""
    as_json: bool = False

    @property
    def text(self) -> str:
        """The file's text; nothing where there is none yet."""
        return self.file.read_text(encoding="utf-8") if self.file.exists() else ""

    def register_in(self, account: str) -> Register:
        """Return what the register asks of a sender. An address that nobody reads stands out."""
        contact = self.contact or f"postmaster@{account}.invalid"
        return Register(contact, self.cost_center, self.approval)


class Home(NamedTuple):
    """Where the file belongs."""

    account: str
    region: str
    environment: str | None = None
    regions: tuple[str, ...] = ()
    """Those of the file's items."""
    stacks: tuple[StackId, ...] = ()
    """Those that the file asks for."""
    tags: tuple[str, ...] = ()
    """The keys of those that the file has for everything."""


def home_of(file: Path, region: str) -> Home:
    """Return the file's account and default region; without a file, the caller's and `region`.

    A file with an account and a region alone is enough to begin with.
    """
    if not file.exists():
        return Home(aws.caller(region).account, region)
    settings = load(file, may_be_empty=True)
    aws.caller_in(settings.account, settings.region)
    stacks = tuple(plan.id for plan in plans(settings))
    regions = tuple(settings.regions)
    tags = tuple(settings.tags)
    return Home(settings.account, settings.region, settings.environment, regions, stacks, tags)
