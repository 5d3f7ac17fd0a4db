"""Names that AWS would take for one, or that grow too long once the environment stands before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from settings.contract import STACK_TAG, drill_copy, drill_writer
from settings.diagnostics import Location, dotted
from settings.models.base import Problem
from settings.models.replicas import replica_identifier
from settings.models.senders import TAGS
from settings.models.topics import ALARMS, bounces_topic, events_topic, feedback_topic
from settings.values.areas import Area
from settings.values.regions import REGIONS

if TYPE_CHECKING:
    from settings.models.data import Data
    from settings.models.mail import Mail
    from settings.models.settings import Settings

_LIKE_A_STACK = re.compile(rf"(?:{'|'.join(Area)})-(?:{'|'.join(REGIONS)})")

Paths = Iterable[tuple[str, ...]]


def naming_problems(settings: Settings) -> Iterator[Problem]:
    """Yield every name that meets another, or that AWS would refuse for its length."""
    mail = settings.mail
    users = [*_below(("mail", "senders"), mail.senders), *_users(settings)]
    yield from _same("the account's IAM users", users)
    yield from _same("the keys of an IAM user's tags", _below(("tags",), settings.tags))
    yield from _security_groups(settings.data)
    yield from _topics(mail)
    yield from _tags(settings)
    yield from _environment(settings)
    yield from _replicas(settings)
    yield from _mail_from(mail)
    lengths = (
        (_below(("data", "databases"), settings.data.databases), 63),
        (users, 64),
        (_below(("mail", "tenants"), mail.tenants), 64),
        (_identities(mail), 256),
    )
    for paths, most in lengths:
        yield from _long(settings, paths, most)


def _users(settings: Settings) -> list[tuple[str, ...]]:
    buckets = settings.backup.buckets.items()
    return [("backup", "buckets", name, "users", user) for name, b in buckets for user in b.users]


def _identities(mail: Mail) -> list[tuple[str, ...]]:
    domains = _below(("mail", "domains"), mail.domains)
    return [*domains, *_below(("mail", "addresses"), mail.addresses)]


def _below(place: tuple[str, ...], names: Iterable[str]) -> list[tuple[str, ...]]:
    return [(*place, name) for name in names]


def _security_groups(data: Data) -> Iterator[Problem]:
    groups = data.security_groups.items()
    for network in data.networks:
        inside = [name for name, group in groups if data.network_of(group) == network]
        paths = _below(("data", "security_groups"), inside)
        yield from _same(f"the security groups of {network}", paths)


def _same(kind: str, paths: Paths) -> Iterator[Problem]:
    """Find names that differ by the case of their letters alone, or not at all."""
    first: dict[str, tuple[str, ...]] = {}
    for path in paths:
        other = first.setdefault(path[-1].lower(), path)
        if other != path:
            message = f"unique among {kind}, regardless of case: {dotted(other)} has it already"
            yield Problem(path, message, key=True, depends_on=())


def _topics(mail: Mail) -> Iterator[Problem]:
    """Keep every topic to one declaration: whoever shares one would get the other's events."""
    owners: dict[str, Location] = {ALARMS: ("mail", "notify")}
    for path, topic in _topic_names(mail):
        owner = owners.setdefault(topic, path)
        if owner != path:
            message = f"another name: its topic would be {topic}, which is that of {dotted(owner)}"
            yield Problem(path, message, key=True, depends_on=())


def _topic_names(mail: Mail) -> Iterator[tuple[tuple[str, ...], str]]:
    for path in _identities(mail):
        yield path, feedback_topic(path[-1])
    for path in _below(("mail", "configuration_sets"), mail.configuration_sets):
        name = path[-1]
        if mail.configuration_sets[name].topic is None:
            yield path, events_topic(name, None)
        yield path, bounces_topic(name)


def _tags(settings: Settings) -> Iterator[Problem]:
    """IAM takes each key once, regardless of case. Some keys are ours, and policies rely on one."""
    taken = {STACK_TAG, *(TAGS if settings.mail.senders else ())}
    for key in settings.tags:
        if key.lower() in taken:
            message = f"another key: users have a tag {key.lower()} of their own"
            yield Problem(("tags", key), message, key=True, depends_on=())


def _replicas(settings: Settings) -> Iterator[Problem]:
    """A replica's identifier has its database's before it, which may be that of another item."""
    databases = settings.data.databases
    owners: dict[str, Location] = {name: ("data", "databases", name) for name in databases}
    for name, database in databases.items():
        for replica in database.replicas:
            path = ("data", "databases", name, "replicas", replica)
            identifier = replica_identifier(name, replica)
            owner = owners.setdefault(identifier, path)
            if owner != path:
                message = f"another name: {identifier} in RDS is already {dotted(owner)}"
                yield Problem(path, message, key=True, depends_on=())
            spare = 63 - len(settings.named(identifier))
            if spare < 0:
                message = f"shorter by {-spare} characters: RDS knows it as {identifier}"
                yield Problem(path, message, key=True, depends_on=())
    yield from _drills(settings, owners)


def _drills(settings: Settings, owners: dict[str, Location]) -> Iterator[Problem]:
    """The copy that a drill makes has its database's identifier with more behind it."""
    for name, database in settings.data.databases.items():
        if not database.drill:
            continue
        path = ("data", "databases", name)
        for identifier in (drill_copy(name), drill_writer(name)):
            if identifier in owners:
                message = f"left out: it restores into {identifier}, which is "
                yield Problem((*path, "drill"), f"{message}{dotted(owners[identifier])}")
        spare = 63 - len(settings.named(drill_writer(name)))
        if spare < 0:
            message = f"left out, or a name shorter by {-spare} characters: it restores into "
            yield Problem((*path, "drill"), f"{message}{settings.named(drill_writer(name))}")


def _environment(settings: Settings) -> Iterator[Problem]:
    """Keep an environment's stacks out of the reach of another environment's roles."""
    if settings.environment and _LIKE_A_STACK.search(settings.environment):
        message = "a name without an area and region in it, as stacks' names have them"
        yield Problem(("environment",), message, depends_on=())


def _mail_from(mail: Mail) -> Iterator[Problem]:
    """Find MAIL FROM domains that are longer than a domain can be."""
    for name, domain in mail.domains.items():
        found = [domain.mail_from_domain(name, region) or "" for region in domain.regions]
        if max(map(len, found)) > 253:
            message = "a shorter label: a domain name has 253 characters at most"
            yield Problem(("mail", "domains", name, "mail_from"), message)


def _long(settings: Settings, paths: Paths, most: int) -> Iterator[Problem]:
    """Find names that are too long once the environment stands before them."""
    for path in paths:
        spare = most - len(settings.named(path[-1]))
        if settings.environment and spare < 0:
            fitting = len(path[-1]) + spare
            message = f"of at most {fitting} characters after the environment"
            yield Problem(path, f"{message} {settings.environment}", key=True)
