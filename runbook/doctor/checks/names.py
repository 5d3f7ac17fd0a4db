"""What the file declares by a name that is taken: ours, another stack's, or made by hand.

CloudFormation takes over nothing that exists: it refuses the change set.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.checks.taken import ELSEWHERE, TAKEN, Kind
from runbook.doctor.place import Place
from settings.models.databases import Aurora
from settings.plan import StackId
from settings.plan.access import AccessItems
from settings.plan.backup import BackupItems
from settings.plan.data import DataItems
from settings.plan.mail import MailItems

WORDS: Mapping[Kind, str] = {
    Kind.IDENTITY: "identities",
    Kind.SET: "configuration sets",
    Kind.USER: "users",
    Kind.ROLE: "roles",
    Kind.CLUSTER: "clusters",
    Kind.INSTANCE: "database instances",
    Kind.BUCKET: "buckets",
}
ADOPT = "Take it over with `groundwork adopt`, or choose another name."
Named = Iterator[tuple[Kind, str]]


def look(place: Place) -> Iterator[Answer]:
    """Say of each kind how many names are free or ours, and of each other name whose it is."""
    for kind in Kind:
        if names := declared(place, kind):
            yield from _of_kind(place, kind, names)


def declared(place: Place, kind: Kind) -> set[str]:
    """Return the names that the region's stacks give to what is of a kind."""
    return {name for found, name in _declared(place) if found is kind}


def _declared(place: Place) -> Named:
    yield from _of_mail(place)
    yield from _of_data(place)
    yield from _of_backup(place)
    yield from _of_access(place)


def _of_mail(place: Place) -> Named:
    for mail in place.items(MailItems):
        yield from ((Kind.IDENTITY, name) for name in (*mail.domains, *mail.addresses))
        yield from ((Kind.SET, name) for name in mail.configuration_sets)
        for sender in mail.senders.values():
            if sender.declared.regions[0] == place.region:
                yield Kind.USER, sender.user


def _of_data(place: Place) -> Named:
    for data in place.items(DataItems):
        for database in data.databases.values():
            aurora = isinstance(database.declared, Aurora)
            yield (Kind.CLUSTER if aurora else Kind.INSTANCE), database.identifier
            yield from ((Kind.INSTANCE, each.identifier) for each in database.replicas.values())


def _of_backup(place: Place) -> Named:
    for backup in place.items(BackupItems):
        yield from ((Kind.BUCKET, name) for name in backup.buckets)
        for bucket in backup.buckets.values():
            yield from ((Kind.USER, user.user) for user in bucket.users.values())


def _of_access(place: Place) -> Named:
    for access in place.items(AccessItems):
        yield from ((Kind.ROLE, role.role) for role in access.roles.values())
        yield Kind.BUCKET, access.records_bucket


def _of_kind(place: Place, kind: Kind, names: Set[str]) -> Iterator[Answer]:
    owners = {name: place.owners.of(kind, name, place.region) for name in names}
    ours = {name for name, owner in owners.items() if owner and _is_ours(place, owner)}
    there = TAKEN[kind](place, names - ours) if names - ours else {}
    free = names - ours - there.keys()
    yield Answer(f"{WORDS[kind]}: {len(ours)} deployed, {len(free)} free")
    for name, whose in sorted(there.items()):
        yield _taken(kind, name, whose, owners[name])


def _taken(kind: Kind, name: str, whose: str, owner: str | None) -> Answer:
    if owner:
        text = f"{name} is taken ({kind}): the stack {owner} has it"
        return wrong(text, "Release it there first, with Retain, then adopt it.")
    advice = "Choose another name." if whose == ELSEWHERE else ADOPT
    return wrong(f"{name} is taken ({kind}): {whose}", advice)


def _is_ours(place: Place, stack: str) -> bool:
    return StackId.parse(stack, place.settings.environment) is not None
