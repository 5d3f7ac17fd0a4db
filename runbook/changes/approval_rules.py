"""What an execution asks for, by the deployed state machine, and what a change makes of that.

It is read from the definition and not from what the file declares: the definition is what AWS
follows. That more is asked for is no danger; any other difference has to be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from runbook.changes.review import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template
from settings.contract import APPROVAL_CHECK, ENOUGH_PEOPLE, OTHER_PERSON

_PEOPLE = re.compile(re.escape(ENOUGH_PEOPLE) + "([0-9]+)")


@dataclass(frozen=True)
class _Machine:
    """A state machine that executes changes: its definition and the states in it."""

    definition: Mapping[str, JsonValue]
    states: Mapping[str, JsonValue]

    @property
    def two_people(self) -> bool:
        """Whether an execution ends where whoever prepared a change approved it."""
        state = self.states.get(OTHER_PERSON)
        ends = isinstance(state, dict) and state.get("Type") == "Fail"
        return ends and any(map(_is_other_person, self._choices()))

    @property
    def approvers(self) -> int:
        """How many have to approve, at the least that stands anywhere."""
        return min(map(int, _PEOPLE.findall(str(self.states))), default=0)

    def rest(self, *, two_people: bool) -> str:
        """Return all but the number of people, and what asks for two unless that is wanted too."""
        states = {k: v for k, v in self.states.items() if two_people or k != OTHER_PERSON}
        choices = [one for one in self._choices() if two_people or not _is_other_person(one)]
        states[APPROVAL_CHECK] = [self._check(), choices]
        return _PEOPLE.sub(ENOUGH_PEOPLE, str({**self.definition, "States": states}))

    def _check(self) -> JsonValue:
        check = self.states[APPROVAL_CHECK]
        return {**check, "Choices": None} if isinstance(check, dict) else check

    def _choices(self) -> list[JsonValue]:
        check = self.states[APPROVAL_CHECK]
        choices = check.get("Choices") if isinstance(check, dict) else None
        return choices if isinstance(choices, list) else []


def of_rules(before: Reading, after: Reading) -> Iterator[Finding]:
    """Yield what becomes looser of who has to approve, and whatever else an execution does anew."""
    places = before.places()
    for logical_id, resource in before.resources.items():
        if machine := _machine(resource):
            for text in _looser(machine, _machine(after.resources.get(logical_id))):
                yield Finding(danger=Danger.APPROVAL, place=places[logical_id], text=text)


def _looser(old: _Machine, new: _Machine | None) -> Iterator[str]:
    if new is None:
        yield "nothing checks any more who approved a change"
        return
    if old.two_people and not new.two_people:
        yield "whoever prepared a change may approve it"
    if new.approvers < old.approvers:
        yield f"{new.approvers} of {old.approvers} approvals are enough"
    both = old.two_people == new.two_people
    if old.rest(two_people=both) != new.rest(two_people=both):
        yield "what an execution checks and does is changed"


def _machine(resource: Template | None) -> _Machine | None:
    """Read a state machine that executes changes; None for anything else."""
    definition = (resource or {}).get("Properties", {}).get("Definition")
    states = definition.get("States") if isinstance(definition, dict) else None
    if not isinstance(definition, dict) or not isinstance(states, dict):
        return None
    return _Machine(definition, states) if APPROVAL_CHECK in states else None


def _is_other_person(choice: JsonValue) -> bool:
    return isinstance(choice, dict) and choice.get("Next") == OTHER_PERSON
