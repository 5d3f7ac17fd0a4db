"""What an attacker, or a tired author, would slip into a large change: it stands first.

Each kind is read from what is gained, so that nothing that was there before is repeated.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from runbook.changes.access.diff import Gained, grant
from runbook.changes.access.everybody import is_for_everybody
from runbook.changes.access.identities import reference
from runbook.changes.access.network import Connection
from runbook.changes.access.rights import danger_of
from runbook.changes.access_diff import sentence, sentences
from runbook.changes.consequences.names import NAMES
from runbook.changes.considered import not_considered
from runbook.changes.kinds import GUARDS, KNOWN
from runbook.changes.parts import AccessDiff, Danger, Effect, Finding, Grant, ResourceChange
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import COMPUTED, Template, named_text

_ELSEWHERE = re.compile(r"Not\w+ aws:(?:principal|source|userid|vpcsourceip)")
_EMPTIED = ("AWS::Logs::LogGroup", "AWS::SQS::Queue")
"""What holds something that does not move into what takes its place."""
_SECRET = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):")
_ENTRY = "AWS::EC2::NetworkAclEntry"
ACCOUNT = re.compile(r"(?:^|[:/])([0-9]{12})(?=[:./]|$)")


def of_access(
    gained: Gained, diffs: Collection[AccessDiff], before: Reading, after: Reading
) -> Iterator[Finding]:
    """Yield the dangers in the access that is gained, and in a denial that is for everybody."""
    places = {**before.places(), **after.places()}
    new = {reference(name) for name in {*after.resources} - {*before.resources}}
    found: dict[tuple[Danger, str], list[Grant]] = defaultdict(list)
    for statement in gained.statements:
        danger = danger_of(statement, new)
        if danger is Danger.UNREADABLE or (danger and not is_for_everybody(statement)):
            found[danger, named_text(statement.subject, places)].append(grant(statement, places))
    for danger, where in sorted(found):
        for text in sentences(found[danger, where], where):
            yield Finding(danger=danger, place=where, text=text)
    for diff in diffs:
        yield from _of_everybody(diff)
    for connection in gained.connections:
        yield from _unreadable(connection, places)


def _of_everybody(diff: AccessDiff) -> Iterator[Finding]:
    for one in diff.gained:
        if one.everybody:
            yield Finding(danger=Danger.EVERYBODY, place=one.on, text=sentence(one, below=one.on))
    for one in diff.lost:
        if _shuts_out(one):
            text = sentence(one, lost=True, below=one.on)
            yield Finding(danger=Danger.INTERRUPTS, place=one.on, text=text)


def _unreadable(connection: Connection, places: Mapping[str, str]) -> Iterator[Finding]:
    if COMPUTED in f"{connection.source}{connection.protocol}":
        text = f"who may connect cannot be read: {connection.source} {connection.protocol}"
        place = named_text(connection.on, places)
        yield Finding(danger=Danger.UNREADABLE, place=place, text=named_text(text, places))


def _shuts_out(grant: Grant) -> bool:
    """Tell a denial for everybody, administrators too: only the root user can take it back.

    So does one for all who come from elsewhere: they are denied whatever else they may.
    """
    out = not grant.condition or _ELSEWHERE.search(grant.condition) is not None
    return grant.denies and grant.holder == "everybody" and out


def of_changes(
    changes: Iterable[ResourceChange], before: Reading, after: Reading, account: str
) -> Iterator[Finding]:
    """Yield the dangers in what is added, changed and deleted."""
    changes = [*changes]
    for change in changes:
        old, new = before.resources.get(change.logical_id), after.resources.get(change.logical_id)
        if change.type not in KNOWN:
            text = f"the type {change.type} is not known: what it holds and opens is not judged"
            yield Finding(danger=Danger.UNREADABLE, place=change.place, text=text)
        for key in not_considered(old, new):
            text = f"what {key} does is not judged"
            yield Finding(danger=Danger.UNREADABLE, place=change.place, text=text)
        for other in sorted(_accounts(new) - _accounts(old) - {account}):
            yield Finding(danger=Danger.FOREIGN, place=change.place, text=f"account {other}")
        if change.type in GUARDS and _ends(change, changes, old, new):
            yield Finding(danger=Danger.WEAKENED, place=change.place, text=GUARDS[change.type])
        for key in sorted(_secrets(new) - _secrets(old)):
            text = f"the value of a secret is written into {key}, where others may read it"
            yield Finding(danger=Danger.SENDS, place=change.place, text=text)
        for danger, text in _denials(old, new):
            yield Finding(danger=danger, place=change.place, text=text)


def _secrets(resource: Template | None) -> set[str]:
    """Return the properties into which CloudFormation writes the value of a secret.

    But for a password, where it belongs: tags, descriptions and variables are read by many.
    <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html>
    """
    properties = (resource or {}).get("Properties", {})
    found = {key for key, value in properties.items() if _SECRET.search(json.dumps(value))}
    return found - {"MasterUserPassword"}


def _denials(old: Template | None, new: Template | None) -> Iterator[tuple[Danger, str]]:
    """Say what an entry of a network ACL denies no longer, and what from now on."""
    was, becomes = _denied(old), _denied(new)
    if was and was != becomes:
        yield Danger.WEAKENED, f"no longer denied: {_block(was)}"
    if becomes and was != becomes:
        yield Danger.INTERRUPTS, f"denied from now on: {_block(becomes)}"


def _denied(entry: Template | None) -> Template:
    properties: Template = (entry or {}).get("Properties", {})
    denies = properties.get("RuleAction") == "deny"
    return properties if denies and (entry or {}).get("Type") == _ENTRY else {}


def _block(entry: Template) -> str:
    return str(entry.get("CidrBlock", entry.get("Ipv6CidrBlock")))


def _accounts(resource: Template | None) -> set[str]:
    text = json.dumps((resource or {}).get("Properties", {}))
    return {
        number for string in re.findall(r'"([^"]*)"', text) for number in ACCOUNT.findall(string)
    }


def _ends(
    change: ResourceChange,
    changes: Iterable[ResourceChange],
    old: Template | None,
    new: Template | None,
) -> bool:
    """Tell whether a guard goes, or does something else, while there is what it guards."""
    if change.effect is Effect.DELETE:
        return change.type == "AWS::Logs::LogGroup" or _stays(change, changes)
    if change.effect is not Effect.REPLACE or change.type == "AWS::SNS::Topic":
        return False
    return change.type in _EMPTIED or _does(old) != _does(new)


def _does(guard: Template | None) -> Template:
    """Return what a guard does: all but by what it is known."""
    names = ("Tags", *NAMES.get(str((guard or {}).get("Type")), ()))
    properties: Template = (guard or {}).get("Properties", {})
    return {key: value for key, value in properties.items() if key not in names}


def _stays(change: ResourceChange, changes: Iterable[ResourceChange]) -> bool:
    """Tell whether the item of a deleted guard stays: else its guard has nothing to guard."""
    same = [other for other in changes if other.item == change.item and other.type not in GUARDS]
    return not same or any(other.effect is not Effect.DELETE for other in same)
