"""What was changed outside CloudFormation, in the head of a review."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.changes.layout import Code, Row, Section, Values
from runbook.changes.outcome import Tone
from runbook.changes.parts import Effect, ResourceChange, item_of
from runbook.changes.review import Review
from runbook.drift.change import Change, Sort
from runbook.drift.principals import TOO_MANY_KEYS
from runbook.drift.words import side, unknown, ways_out
from settings.contract import CustomType

TITLE = "Changed outside CloudFormation since the last deployment"
UNKNOWN = "Not known whether it was changed outside CloudFormation"
LOUD = (Sort.ACCESS, Sort.NETWORK)


def drifted(review: Review) -> Iterator[Section]:
    """Yield what was changed with the ways out, and what nobody could be asked about."""
    changes = review.drift.changes
    rows = [*(_row(review, change) for change in changes)]
    rows += [Row((Code(text),)) for text in ways_out(changes)]
    yield Section(TITLE, tuple(rows), tone=Tone.BAD)
    unasked = tuple(Row((Code(unknown(item)),), "?") for item in review.drift.unasked)
    yield Section(UNKNOWN, unasked, tone=Tone.CHANGE)


def _row(review: Review, change: Change) -> Row:
    where = (Code(change.place), " in ", Code(change.stack), ": ", Code(change.what))
    tone = Tone.BAD if change.sort in LOUD else Tone.CHANGE
    becomes = Row(("Executing this ", _becomes(review, change)))
    return Row(where, "!", tone, Values(side(change.was), side(change.now)), rows=(becomes,))


POLICIES = {
    "has a policy statement that nobody declared": (
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    ),
    "has a policy that nobody declared": (
        "AWS::S3::BucketPolicy",
        "AWS::SecretsManager::ResourcePolicy",
    ),
}
"""What replaces a whole policy, whatever statements somebody added to it."""
PROPERTIES = {"runs code that was not deployed": "Code"}
"""The property that takes back what CloudFormation does not compare."""


def _writes_policy(one: ResourceChange, change: Change) -> bool:
    written = one.effect in (Effect.ADD, Effect.CHANGE) and one.type in POLICIES.get(
        change.what, ()
    )
    return written and item_of(one.place) == item_of(change.place)


RENEWAL = (
    "deletes every key but the one in use, and is refused while one is active that the user had "
    "before it was adopted"
)


def _renews(one: ResourceChange, change: Change) -> bool:
    number = any(difference.path == "Properties.Version" for difference in one.differences)
    here = item_of(one.place) == item_of(change.place)
    return number and here and one.type == CustomType.ACCESS_KEY


def _becomes(review: Review, change: Change) -> str:
    """Say what executing the review does to it: a change set writes whole properties."""
    if review.takes_back:
        return "takes it back" if change.reversible else "leaves it as it is"
    changes = [c for stack in review.changed if stack.name == change.stack for c in stack.changes]
    if any(_writes_policy(one, change) for one in changes):
        return "overwrites it"
    if change.what == TOO_MANY_KEYS and any(_renews(one, change) for one in changes):
        return RENEWAL
    words = (_does(one, change) for one in changes if one.place == change.place)
    return next(filter(None, words), "leaves it as it is")


def _does(one: ResourceChange, change: Change) -> str:
    """Say what the change of a resource does to what was changed of it; nothing if it does not."""
    if change.sort is Sort.DELETED:
        return "may fail, since it changes what is gone"
    if one.effect in (Effect.DELETE, Effect.REPLACE):
        return "takes the resource away"
    name = f"Properties.{PROPERTIES.get(change.what, change.what.partition('.')[0])}."
    found = any(f"{difference.path}.".startswith(name) for difference in one.differences)
    return "overwrites it" if found and one.effect is Effect.CHANGE else ""
