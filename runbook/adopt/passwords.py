"""Master passwords that nobody but the team knows: asked for, and kept in a secret of the account.

The secret is made before the import and comes into the stack with its database, so that neither
the import nor the change after it sets another password.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import typer

from runbook.adopt.account import Account
from runbook.adopt.item import Item, Live
from runbook.base.errors import UserError

SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type
PREFIX = "groundwork-adopted/"
Ask = Callable[[str], str]


def kept(items: Iterable[Item], ask: Ask | None = None) -> Iterator[Item]:
    """Give each database that is about to be imported a secret with its password."""
    for item in items:
        master = next((live for live in item.resources if _has_password(live)), None)
        if master is None:
            yield item
            continue
        user, name = str(master.properties["MasterUsername"]), item.path[-1]
        password = (ask or asked)(f"The master password of {name}, of the user {user}")
        arn = _store(Account(item.region), name, {"username": user, "password": password})
        secret = Live(SECRET, arn, {}, f"{item.place}/password")
        yield replace(item, resources=(*item.resources, secret))


def _has_password(live: Live) -> bool:
    kinds = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    return live.type in kinds and "MasterUsername" in live.properties


def asked(question: str) -> str:
    """Ask at the terminal, twice and without an echo; elsewhere read a line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(question, hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise UserError(
            f"{question} is missing.",
            "Type it at a terminal, or pass a line for each database on standard input.",
        )
    return password


def _store(account: Account, name: str, value: dict[str, str]) -> str:
    """Put a password into its secret, and into the same one when this is run again."""
    client, text = account.client("secretsmanager"), json.dumps(value)
    identifier = f"{PREFIX}{name}"
    try:
        answer = client.create_secret(Name=identifier, SecretString=text)
    except client.exceptions.ResourceExistsException:
        answer = client.put_secret_value(SecretId=identifier, SecretString=text)
    return str(answer["ARN"])
