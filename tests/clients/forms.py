"""Credentials with every special character that a value can have, written in a form."""

from __future__ import annotations

import string
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials.forms import Form, written
from runbook.credentials.values import SECRETS

VALUES = [
    "AWS4+secret/key==",
    string.punctuation + " aZ9é€",
    (string.punctuation + " aZ9é€")[::-1],
    *(f"{sign}x{sign}{sign}x{sign}" for sign in string.punctuation),
    "$HOME ${HOME} $(id) `id` %s %% %(user)s {{ x }} {% x %} {# x #} <%= x %> #{x} \\n \\\\",
]
"""Each sign at the start, in the middle and at the end; and what languages give a meaning to."""


def secret(kind: Kind, value: str, number: int = 0, **more: Any) -> Any:
    place = {"host": "localhost", "port": 587, "username": "AKIAEXAMPLE", "password": value, **more}
    key = {"access_key_id": "AKIAEXAMPLE", "secret_access_key": value, "region": "eu-west-2"}
    made: dict[Kind, dict[str, Any]] = {
        Kind.SENDER: place
        | key
        | {"configuration_set": "s", "from": ["a@example.org"], "regions": {"eu-west-2": place}},
        Kind.BACKUP_USER: key | {"bucket": "dumps"},
        Kind.DATABASE: place | {"dbname": "common"},
    }
    name = f"app{number}"
    return SECRETS[kind].model_validate({"name": name, "user": name} | made[kind])


def forms(form: Form, kind: Kind, **more: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and form of each value that the form takes; most it has to."""
    taken = 0
    for number, value in enumerate(VALUES):
        try:
            text = written(form, secret(kind, value, number, **more))
        except UserError:
            continue
        taken += 1
        yield f"app{number}", value, text
    assert taken > len(VALUES) * 3 // 4


def run(*command: object, cwd: Path | None = None) -> str:
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout
