"""What a review is made of: what happens to resources, data and access, and what is dangerous."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Effect(StrEnum):
    """What happens to a resource. Certain and possible replacements are kept apart."""

    ADD = "add"
    CHANGE = "change"
    MAY_REPLACE = "may-replace"
    REPLACE = "replace"
    DELETE = "delete"
    RETAIN = "retain"
    IMPORT = "import"


def item_of(place: str) -> str:
    """Return the item of the file at a place: databases/analysis, buckets/reports/users/writer."""
    parts = place.split("/")
    return "/".join(parts[: 4 if parts[2:3] in (["users"], ["replicas"]) else 2])


class Verdict(StrEnum):
    """What happens to the data that a resource holds."""

    LOST = "lost"
    EXPIRES = "expires"
    OVERWRITTEN = "overwritten"
    UNKNOWN = "unknown"
    LOCKED = "locked"
    SNAPSHOT = "snapshot"
    PROTECTED = "protected"
    WEAKENED = "weakened"
    KEPT = "kept"


LOSING = frozenset(
    {Verdict.LOST, Verdict.EXPIRES, Verdict.OVERWRITTEN, Verdict.UNKNOWN, Verdict.LOCKED}
)
"""The verdicts on data that is lost, unreadable or in doubt."""


class Danger(StrEnum):
    """What a reviewer has to see first, whatever else a change does. Worst first."""

    RULED_OUT = "ruled-out"
    UNREADABLE = "unreadable"
    APPROVAL = "approval"
    EVERYBODY = "everybody"
    ADMINISTRATOR = "administrator"
    ESCALATES = "escalates"
    FOREIGN = "foreign"
    SENDS = "sends"
    TRUST = "trust"
    BROAD = "broad"
    WEAKENED = "weakened"
    CODE = "code"
    FAILS = "fails"
    INTERRUPTS = "interrupts"


TYPED = frozenset({Danger.UNREADABLE, Danger.APPROVAL})
"""The dangers whose item has to be typed for an approval."""


class Record(BaseModel):
    """A part of a review: it never changes, and has nothing that this version does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(Record):
    """One value of a resource before and after; None where there is none. Secrets are masked."""

    path: str
    before: object = None
    after: object = None


class Expiry(Record):
    """A limit after which S3 deletes objects below a prefix, or their older versions."""

    prefix: str
    days: float
    noncurrent: bool = False


class Reason(Record):
    """What a change does, and the page on which AWS says so."""

    text: str
    page: str = ""
    danger: Danger | None = None
    expiry: Expiry | None = None


class Observation(Record):
    """Something counted in the account when the review was made. It may differ a minute later."""

    place: str
    text: str


class ResourceChange(Record):
    """What happens to one resource."""

    logical_id: str
    type: str
    place: str
    """The construct's path below its stack, which starts with the item's place in the file."""
    effect: Effect
    verdict: Verdict | None = None
    """None for what holds no data."""
    reasons: tuple[Reason, ...] = ()
    """What follows from it, for the data and for those who use it."""
    name: str = ""
    """The name that the file gives it, which only one resource can have."""
    physical_id: str = ""
    """By which AWS knows it; empty before it is there."""
    refused: bool = False
    """Whether CloudFormation refuses to replace it, because its name stays."""
    one_way: bool = False
    """Whether the previous values cannot be put back in place."""
    only_tags: bool = False
    differences: tuple[Difference, ...] = ()

    @property
    def item(self) -> str:
        """Return the item of the file that it belongs to, as in databases/analysis."""
        return item_of(self.place)

    @property
    def leaves(self) -> bool:
        """Tell whether something that holds data is replaced or leaves its stack."""
        stays = self.effect in (Effect.ADD, Effect.CHANGE) or self.refused
        return self.verdict is not None and not stays

    @property
    def guarded(self) -> bool:
        """Tell whether its item has to be typed: it leaves, or its data is not simply kept."""
        return self.leaves or self.verdict not in (None, Verdict.KEPT)


class DeclaredChange(Record):
    """What the file says differently of one of its items: buckets/reports, suppression."""

    item: str
    effect: Effect
    differences: tuple[Difference, ...] = ()


class Grant(Record):
    """Something that somebody may do, or may not; or an address that may connect."""

    holder: str
    allows: str
    on: str
    condition: str = ""
    denies: bool = False
    everybody: bool = False
    """Whether it is for whoever asks."""


class AccessDiff(Record):
    """What gives access and what takes it away. A denial that ends gives, a new one takes."""

    gained: tuple[Grant, ...] = ()
    lost: tuple[Grant, ...] = ()


class Risk(Record):
    """An accepted risk of a stack, as its template carries it."""

    rule: str
    on: str
    reason: str
    owner: str
    until: date


class Finding(Record):
    """Something dangerous about a change."""

    danger: Danger
    place: str
    """The construct's path below its stack, as that of a resource."""
    text: str
    page: str = ""
