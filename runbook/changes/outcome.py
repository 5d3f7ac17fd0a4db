"""What each effect and each verdict means: its words, its severity, and what going back costs.

Both tables stand worst first and are whole: a test holds them against their enums. Whatever shows
a review takes words, signs and colours from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from runbook.changes.parts import Danger, Effect, ResourceChange, Verdict


class Tone(StrEnum):
    """How loudly something is said. Each presentation has a colour for each; words say it too."""

    LOST = "lost"
    BAD = "bad"
    MAYBE = "maybe"
    CHANGE = "change"
    GOOD = "good"
    PLAIN = "plain"
    QUIET = "quiet"


class Alert(StrEnum):
    """The alert above a review, in the words of GitHub's and GitLab's Markdown."""

    CAUTION = "CAUTION"
    WARNING = "WARNING"
    NOTE = "NOTE"


class Undo(IntEnum):
    """What it costs to go back, cheapest first."""

    FREE = 0
    NEW = 1
    ONE_WAY = 2
    RESTORE = 3
    IMPORT = 4
    NEVER = 5


UNDO: Mapping[Undo, str] = {
    Undo.NEVER: "cannot be undone: the data is gone",
    Undo.IMPORT: "import it into the stack again; creating it again fails while its name is taken",
    Undo.RESTORE: "restore the snapshot into a new database, and point its clients there",
    Undo.ONE_WAY: "cannot be changed back in place: only a restored copy has the previous values",
    Undo.NEW: "the previous configuration creates it again, empty, under another name or address",
    Undo.FREE: "the previous configuration restores it",
}


@dataclass(frozen=True)
class EffectOutcome:
    """What happens to a resource, as it is shown."""

    words: str
    sign: str
    tone: Tone
    undo: Undo
    leaves: bool = False
    """Whether the resource that is deployed leaves the stack, or may."""
    kept: str = ""
    """Where the data is, when it is kept."""


@dataclass(frozen=True)
class DataOutcome:
    """What becomes of the data in a resource, as it is shown."""

    words: str
    headline: str
    """What stands above a review in which nothing is worse. `{resources}` counts them."""
    tone: Tone
    alert: Alert
    undo: Undo = Undo.FREE


EFFECTS: Mapping[Effect, EffectOutcome] = {
    Effect.REPLACE: EffectOutcome(
        "replaced",
        "±",
        Tone.BAD,
        Undo.NEW,
        leaves=True,
        kept=" in the old one, which is left behind; the new one is empty",
    ),
    Effect.DELETE: EffectOutcome("deleted", "−", Tone.BAD, Undo.NEW, leaves=True),
    Effect.MAY_REPLACE: EffectOutcome(
        "possibly replaced",
        "±",
        Tone.MAYBE,
        Undo.NEW,
        leaves=True,
        kept="; if it is replaced, in the old one, and the new one is empty",
    ),
    Effect.RETAIN: EffectOutcome(
        "left behind", "○", Tone.CHANGE, Undo.IMPORT, leaves=True, kept=", outside of the stack"
    ),
    Effect.CHANGE: EffectOutcome("changed", "~", Tone.CHANGE, Undo.FREE),
    Effect.IMPORT: EffectOutcome("imported", "→", Tone.GOOD, Undo.FREE),
    Effect.ADD: EffectOutcome("added", "+", Tone.GOOD, Undo.FREE),
}

VERDICTS: Mapping[Verdict, DataOutcome] = {
    Verdict.LOST: DataOutcome(
        "data lost", "DATA LOST in {resources}", Tone.LOST, Alert.CAUTION, Undo.NEVER
    ),
    Verdict.EXPIRES: DataOutcome(
        "older data deleted",
        "OLDER DATA DELETED in {resources}",
        Tone.LOST,
        Alert.CAUTION,
        Undo.NEVER,
    ),
    Verdict.OVERWRITTEN: DataOutcome(
        "data overwritten",
        "DATA OVERWRITTEN in {resources}",
        Tone.LOST,
        Alert.CAUTION,
        Undo.NEVER,
    ),
    Verdict.UNKNOWN: DataOutcome(
        "not understood: assume that data is lost",
        "DATA IN DOUBT in {resources}",
        Tone.BAD,
        Alert.CAUTION,
    ),
    Verdict.LOCKED: DataOutcome(
        "data kept, but nobody can read it",
        "Data cannot be read in {resources}",
        Tone.BAD,
        Alert.CAUTION,
    ),
    Verdict.SNAPSHOT: DataOutcome(
        "snapshot taken, then deleted",
        "No data is lost: a snapshot is taken first of {resources}",
        Tone.CHANGE,
        Alert.WARNING,
        Undo.RESTORE,
    ),
    Verdict.PROTECTED: DataOutcome(
        "its own protection refuses the deletion: it stays, outside of the stack",
        "No data is lost: {resources} left outside of the stack by its own protection",
        Tone.CHANGE,
        Alert.WARNING,
        Undo.IMPORT,
    ),
    Verdict.WEAKENED: DataOutcome(
        "data kept, with less protection",
        "No data is lost, but it is less protected in {resources}",
        Tone.CHANGE,
        Alert.WARNING,
    ),
    Verdict.KEPT: DataOutcome("data kept", "No data is lost", Tone.GOOD, Alert.NOTE),
}


@dataclass(frozen=True)
class DangerOutcome:
    """What a reviewer has to see first, as it is shown."""

    title: str
    tone: Tone


DANGERS: Mapping[Danger, DangerOutcome] = {
    Danger.RULED_OUT: DangerOutcome("Data to keep: this cannot be approved", Tone.BAD),
    Danger.UNREADABLE: DangerOutcome("Not understood: assume the worst", Tone.BAD),
    Danger.APPROVAL: DangerOutcome("Who has to approve", Tone.BAD),
    Danger.EVERYBODY: DangerOutcome("Opened to everybody", Tone.BAD),
    Danger.ADMINISTRATOR: DangerOutcome("Administrator rights", Tone.BAD),
    Danger.ESCALATES: DangerOutcome("Rights that give further rights", Tone.BAD),
    Danger.FOREIGN: DangerOutcome("Other accounts, and services that act for any", Tone.BAD),
    Danger.SENDS: DangerOutcome("Data that goes elsewhere", Tone.BAD),
    Danger.TRUST: DangerOutcome("Who may assume roles", Tone.BAD),
    Danger.BROAD: DangerOutcome("Whole services, or every resource", Tone.CHANGE),
    Danger.WEAKENED: DangerOutcome("Protection weakened", Tone.BAD),
    Danger.CODE: DangerOutcome("Code that runs", Tone.CHANGE),
    Danger.FAILS: DangerOutcome("Will fail when it is executed", Tone.BAD),
    Danger.INTERRUPTS: DangerOutcome("Interruptions", Tone.CHANGE),
}


def undo(change: ResourceChange) -> Undo:
    """Return what it costs to go back, by the worst that happens to the resource."""
    cost = max(EFFECTS[change.effect].undo, Undo.ONE_WAY if change.one_way else Undo.FREE)
    return max(cost, VERDICTS[change.verdict].undo) if change.verdict else cost


def severity(change: ResourceChange) -> tuple[int, int, str]:
    """Return a key that sorts changes worst first: by their data, by their effect, by name."""
    verdict = _rank(VERDICTS, change.verdict) if change.verdict else len(VERDICTS)
    return verdict, _rank(EFFECTS, change.effect), change.place


def worst(verdicts: set[Verdict]) -> Verdict | None:
    """Return the worst of some verdicts."""
    return next((verdict for verdict in VERDICTS if verdict in verdicts), None)


def _rank(table: Iterable[object], key: Effect | Verdict) -> int:
    return list(table).index(key)
