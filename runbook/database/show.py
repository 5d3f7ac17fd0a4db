"""`groundwork database show`."""

from __future__ import annotations

import json
from pathlib import Path

from runbook.database.place import find


def show(configuration: Path, name: str, *, as_json: bool) -> None:
    """Print everything about a database but its password."""
    place = find(configuration, name)
    details = {
        "host": place.host,
        "port": place.port,
        "database": place.database,
        "user": place.user,
        "password": f"in the secret {place.secret}",
    }
    if as_json:
        print(json.dumps({**details, "password": place.secret, "public": place.public}, indent=2))
        return
    for key, value in details.items():
        print(f"{key:9} {value}")
    print(f"\nConnect: groundwork database connect {name}")
    print(f"For a program: groundwork credentials show {name} --as env --to {name}.env")
    if not place.public:
        print("It has no public address. The first goes through the bastion by itself; for others:")
        print(f"groundwork database tunnel {name}, and hostaddr=127.0.0.1 beside the host.")
