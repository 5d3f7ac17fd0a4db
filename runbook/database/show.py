"""`groundwork database show`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from runbook.base.outputs import Outputs
from runbook.database.drills import drilled
from runbook.database.place import MAKE_BASTION, Place, find, of_replica
from settings import Settings, load
from settings.contract import Output, drill_log


def show(configuration: Path, name: str, *, as_json: bool) -> None:
    """Print everything about a database but its password."""
    place = find(configuration, name)
    replicas = [*_replicas(load(configuration), place)]
    details = {
        "host": place.host,
        "port": place.port,
        "database": place.database,
        "user": place.user,
        "password": f"in the secret {place.secret}",
    }
    drills = drilled(load(configuration), name, datetime.now(UTC))
    if as_json:
        all_of_it = {"password": place.secret, "public": place.public, "replicas": replicas}
        if drills:
            copies = [copy for copy, _ in drills.copies]
            all_of_it |= {"drill": {"last": drills.words, "copies": copies}}
        print(json.dumps({**details, **all_of_it}, indent=2))
        return
    for key, value in details.items():
        print(f"{key:9} {value}")
    for replica in replicas:
        print(f"\nReplica   {replica['name']}: {replica['host']}, port {replica['port']}")
        for consumer, secret in replica["consumers"].items():
            print(f"          read by {consumer}, whose login is in the secret {secret}")
    if drills:
        print(
            f"\nDrill     {drills.words}; each has a line in the log group "
            f"{drill_log(drills.identifier)}"
        )
    for copy, made in drills.copies if drills else ():
        print(
            f"          {copy} is there since {made:%Y-%m-%d %H:%M}, by a drill that runs or was "
            "stopped; the next one deletes it"
        )
    print("", *_ways(place), sep="\n")


def _ways(place: Place) -> Iterator[str]:
    """Say how to connect: by itself, or through the bastion, where there is one."""
    within_reach = place.public or place.bastion is not None
    if within_reach:
        yield f"Connect: groundwork database connect {place.name}"
    yield f"For a program: groundwork credentials show {place.name} --as env --to {place.name}.env"
    if not within_reach:
        yield "It has no public address, and there is no bastion: only what is in its network, or"
        yield f"connected to it, and let in by its security groups, reaches it. {MAKE_BASTION}"
    elif not place.public:
        yield "It has no public address. The first goes through the bastion by itself; for others:"
        yield f"groundwork database tunnel {place.name}, and hostaddr=127.0.0.1 beside the host."


class _Replica(TypedDict):
    name: str
    host: str
    port: int
    public: bool
    consumers: dict[str, str]
    """The secrets of their logins."""


def _replicas(settings: Settings, place: Place) -> Iterator[_Replica]:
    outputs = Outputs(settings, Output.CONSUMER_SECRET)
    for replica in settings.data.databases[place.name].replicas:
        found = of_replica(settings, place, replica)
        consumers = {
            named.consumer: outputs[Output.CONSUMER_SECRET, str(named)]
            for named, _ in settings.data.consumers()
            if (named.database, named.replica) == (place.name, replica)
        }
        yield _Replica(
            name=replica,
            host=found.host,
            port=found.port,
            public=found.public,
            consumers=consumers,
        )
