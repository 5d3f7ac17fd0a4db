"""What a change of a replica or its consumers means, in a reviewer's words.

The file's own words are lists of blocks and schemas: who may connect to what from now on, and what
a new login reads, is for a reviewer to see without putting that together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from runbook.changes.parts import DeclaredChange, Effect

_PLACE = re.compile(r"databases/([^/]+)/replicas/([^/]+)(?:/consumers/([^/]+))?")
_PUBLIC = ("public",)
Sides = Mapping[str, tuple[object, object]]
"""What a field was, and what it is now, by its name."""


def words(change: DeclaredChange) -> Iterator[str]:
    """Yield what a change of a replica or a consumer means; nothing for any other item."""
    found = _PLACE.fullmatch(change.item)
    if not found:
        return
    database, replica, consumer = found.groups()
    where = f"replica {replica} of {database}"
    if consumer:
        yield from _of_consumer(f"consumer {consumer}", consumer, where, change)
    elif change.effect is Effect.ADD:
        yield f"{where} is new: it has all that {database} has, for its consumers alone"
        if all(each.path != "instance" for each in change.differences):
            yield from _of_reader(database)
    elif change.effect is Effect.DELETE:
        yield f"{where} goes, and its consumers can no longer connect; the data is in {database}"


def _of_reader(database: str) -> Iterator[str]:
    """Yield what else follows from a replica without a class: it is a reader of Aurora.

    <https://aws.amazon.com/rds/proxy/pricing/>
    """
    yield (
        f"its consumers come through RDS Proxy to readers of {database}, and never to the writer: "
        "while no reader is available they are refused"
    )
    yield (
        f"the log of {database} has every statement from now on, or with log_statements those of "
        "consumers, and tokens of IAM no longer log in"
    )
    yield (
        f"RDS charges a second instance within the capacity of {database}, an interface endpoint "
        "in two zones, and, once for all its replicas, a proxy as of 8 capacity units at least"
    )


def _of_consumer(who: str, name: str, where: str, change: DeclaredChange) -> Iterator[str]:
    if change.effect is Effect.DELETE:
        yield f"{who} may no longer connect to {where}, and their secret is deleted"
        return
    sides = {each.path: (each.before, each.after) for each in change.differences}
    gained, lost = _compared(*sides.get("from", ((), ())))
    for block in gained:
        yield f"{who} may now connect to {where} from {block}"
    for block in lost:
        yield f"{who} may no longer connect to {where} from {block}"
    if "bastion" in sides:
        now = "may now" if sides["bastion"][1] else "may no longer"
        yield f"{who} {now} connect to {where} through a bastion of its own"
    gained, lost = _compared(*sides.get("roles", ((), ())))
    for role in gained:
        yield f"whoever is {role} may now open tunnels to {where}"
    for role in lost:
        yield f"whoever is {role} may no longer open tunnels to {where}"
    yield from _of_login(who, name, change, sides)


def _of_login(who: str, name: str, change: DeclaredChange, sides: Sides) -> Iterator[str]:
    is_new = change.effect is Effect.ADD
    if is_new or "user" in sides:
        login = sides.get("user", (None, None))[1] or name.replace("-", "_")
        yield f"{who} has a new login, {login}, once somebody has run the reviewed SQL"
    before, after = sides.get("schemas", (_PUBLIC, _PUBLIC))
    gained, lost = _compared(() if is_new else before or _PUBLIC, after or _PUBLIC)
    if gained:
        yield f"{who} may read every table of {', '.join(gained)}"
    if lost:
        yield f"{who} may no longer read {', '.join(lost)}, once somebody has run the SQL again"
    before, after = map(_version, sides.get("credentials", (None, None)))
    if not is_new and before != after:
        yield f"the secret of {who} gets another password, which nobody has set in the database"


def _version(credentials: object) -> object:
    return credentials.get("version", 1) if isinstance(credentials, dict) else 1


def _compared(before: object, after: object) -> tuple[list[str], list[str]]:
    """Return what is only after, and what is only before."""
    old, new = _texts(before), _texts(after)
    return [each for each in new if each not in old], [each for each in old if each not in new]


def _texts(values: object) -> list[str]:
    return [str(each) for each in values] if isinstance(values, list | tuple) else []
