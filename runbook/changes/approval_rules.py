"""What an execution asks for, by the deployed state machine, and what a change makes of that.

It is read from the definition and not from what the file declares: the definition is what AWS
follows. That more is asked for is no danger; any other difference has to be typed. So has what
another state machine with the same role does: the role executes change sets, whoever approved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from runbook.changes.parts import Danger, Finding
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template, bare
from settings.contract import APPROVAL_CHECK, ENOUGH_PEOPLE, GROUP_MISSING, OTHER_PERSON

_MACHINE = "AWS::StepFunctions::StateMachine"
_BESIDES = (
    "StateMachineName",
    "RoleArn",
    "DefinitionString",
    "DefinitionS3Location",
    "DefinitionSubstitutions",
)
"""What else says which execution is started by a name, as whom, and what it does."""
_PEOPLE = re.compile(re.escape(ENOUGH_PEOPLE) + "([0-9]+)")


@dataclass(frozen=True)
class _Machine:
    """A state machine that executes changes: its definition and the states in it."""

    definition: Mapping[str, JsonValue]
    states: Mapping[str, JsonValue]

    @property
    def two_people(self) -> bool:
        """Whether an execution ends where whoever prepared a change approved it."""
        return self._ends(OTHER_PERSON) and any(map(_is_other_person, self._choices()))

    @property
    def approvers(self) -> int:
        """How many have to approve, at the least that stands anywhere."""
        return min(map(int, _PEOPLE.findall(str(self.states))), default=0)

    @property
    def groups(self) -> frozenset[str]:
        """The states in which an execution ends for want of a group's approval."""
        asked = {one.get("Next") for one in self._choices() if isinstance(one, dict)}
        return frozenset(
            name
            for name in self.states
            if name.startswith(GROUP_MISSING) and name in asked and self._ends(name)
        )

    def _ends(self, name: str) -> bool:
        state = self.states.get(name)
        return isinstance(state, dict) and state.get("Type") == "Fail"

    def rest(self, without: Collection[str]) -> str:
        """Return all but the number of people, and what leads to the states `without`."""
        states = {name: state for name, state in self.states.items() if name not in without}
        choices = [
            one
            for one in self._choices()
            if not isinstance(one, dict) or one.get("Next") not in without
        ]
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
    places = {**after.places(), **before.places()}
    checked = _roles(before)
    roles = checked | _roles(after) if checked else checked
    guards = {name for name in before.resources if _role(before, name) in checked}
    for logical_id in {**before.resources, **after.resources}:
        old, new = (side.resources.get(logical_id) for side in (before, after))
        trusted = [_role(side, logical_id) in roles for side in (before, after)]
        if machine := _machine(old):
            texts = [*_looser(machine, _machine(new)), *_elsewhere(old, new)]
        else:
            texts = [*(_beside(old, new) if any(trusted) else _started(old, new, guards))]
        for text in texts:
            yield Finding(danger=Danger.APPROVAL, place=places[logical_id], text=text)


def _elsewhere(old: Template | None, new: Template | None) -> Iterator[str]:
    if new and _parts(old, *_BESIDES) != _parts(new, *_BESIDES):
        yield "what checks the approvals has another name, role or definition"


def _beside(old: Template | None, new: Template | None) -> Iterator[str]:
    """Yield what becomes of a state machine that checks no approval and may execute changes."""
    if new is None:
        yield "what guards the stacks of a stopped execution goes"
    elif old is None or _parts(old, "RoleArn") != _parts(new, "RoleArn"):
        yield "another state machine has the role that executes changes"
    elif _parts(old, "Definition", *_BESIDES) != _parts(new, "Definition", *_BESIDES):
        yield "what else is done with the role that executes changes is changed"


def _started(old: Template | None, new: Template | None, machines: set[str]) -> Iterator[str]:
    """Yield that a rule of EventBridge starts one of some state machines no longer as before."""
    if not old or old.get("Type") != "AWS::Events::Rule" or old == new:
        return
    (targets,) = _parts(old, "Targets")
    text = bare(json.dumps(targets, ensure_ascii=False))
    if machines & {*re.findall("[A-Za-z0-9]+", text)}:
        yield "what guards the stacks of a stopped execution starts otherwise, or not at all"


def _parts(resource: Template | None, *names: str) -> list[JsonValue]:
    properties = (resource or {}).get("Properties", {})
    return [properties.get(name) for name in names]


def _roles(side: Reading) -> frozenset[str]:
    """Return the roles of the state machines that check approvals."""
    return frozenset(_role(side, name) for name, one in side.resources.items() if _machine(one))


def _role(side: Reading, logical_id: str) -> str:
    """Return the name of a state machine's role, however its template refers to it."""
    resource = side.resources.get(logical_id)
    if not resource or resource.get("Type") != _MACHINE:
        return ""
    (arn,) = map(str, _parts(resource, "RoleArn"))
    reference = bare(arn).removesuffix(".Arn")
    (name,) = _parts(side.resources.get(reference), "RoleName")
    return str(name or reference).rpartition("/")[2]


def _looser(old: _Machine, new: _Machine | None) -> Iterator[str]:
    if new is None:
        yield "nothing checks any more who approved a change"
        return
    if old.two_people and not new.two_people:
        yield "whoever prepared a change may approve it"
    if new.approvers < old.approvers:
        yield f"{new.approvers} of {old.approvers} approvals are enough"
    for state in sorted(old.groups - new.groups):
        yield f"nobody of the group {state.removeprefix(GROUP_MISSING)} has to approve any more"
    differing = {OTHER_PERSON} if old.two_people != new.two_people else set()
    differing |= old.groups ^ new.groups
    if old.rest(differing) != new.rest(differing):
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
