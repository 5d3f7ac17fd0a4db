"""The names in the file: what a command is given is looked up, and a wrong one is explained."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from runbook.base.errors import UserError
from settings import diagnostics

if TYPE_CHECKING:
    from settings import Settings

MOST_LISTED = 12
"""Names in one message; a file may have hundreds."""


class Kind(StrEnum):
    """What the file has by name, in the words of a message."""

    DOMAIN = "domain"
    ADDRESS = "address"
    CONFIGURATION_SET = "configuration set"
    SENDER = "sender"
    NETWORK = "network"
    SECURITY_GROUP = "security group"
    DATABASE = "database"
    CONSUMER = "consumer"
    BUCKET = "bucket"
    BACKUP_USER = "backup user"

    @property
    def indefinite(self) -> str:
        """Return the word with its article: `an address`."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"

    @property
    def slug(self) -> str:
        """Return the word as an option takes it: `backup-user`."""
        return self.value.replace(" ", "-")


def declared(settings: Settings, kind: Kind) -> list[str]:
    """Return the names that the file has of one kind, in the file's order."""
    mail, data, buckets = settings.mail, settings.data, settings.backup.buckets
    found: dict[Kind, Collection[str]] = {
        Kind.DOMAIN: mail.domains,
        Kind.ADDRESS: mail.addresses,
        Kind.CONFIGURATION_SET: mail.configuration_sets,
        Kind.SENDER: mail.senders,
        Kind.NETWORK: data.networks,
        Kind.SECURITY_GROUP: data.security_groups,
        Kind.DATABASE: data.databases,
        Kind.CONSUMER: [str(named) for named, _ in data.consumers()],
        Kind.BUCKET: buckets,
        Kind.BACKUP_USER: [user for bucket in buckets.values() for user in bucket.users],
    }
    return [*found[kind]]


def require(settings: Settings, name: str, *kinds: Kind) -> list[Kind]:
    """Return those of the kinds that have the name, or say what the file has in its place.

    A name of another kind is recognized, as a sender where a backup user is asked for. Of a name
    that is nowhere, the nearest are shown.

        require(settings, "credere", Kind.SENDER, Kind.BACKUP_USER)   # [Kind.SENDER]
    """
    if found := [kind for kind in kinds if name in declared(settings, kind)]:
        return found
    wanted = " or ".join(kinds)
    known = [each for kind in kinds for each in declared(settings, kind)]
    if others := [kind for kind in Kind if name in declared(settings, kind)]:
        what = " and ".join(other.indefinite for other in others)
        raise UserError(f"{name} is {what} in the file, not {kinds[0].indefinite}.", listed(known))
    near = nearest(name, known)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UserError(f"The file has no {wanted} {printable(name)}.", f"{meant}{listed(known)}")


def nearest(name: str, known: Collection[str]) -> list[str]:
    """Return up to three known names that look like it, the nearest first, whatever the case."""
    folded = {each.casefold(): each for each in known}
    return [folded[match] for match in get_close_matches(name.casefold(), folded, n=3)]


def listed(names: Collection[str]) -> str:
    """Say which names there are, without filling the screen."""
    if not names:
        return "The file has none of that kind."
    shown = [*names][:MOST_LISTED]
    rest = len(names) - len(shown)
    more = f", and {rest} more" if rest else ""
    return f"There {'is' if len(names) == 1 else 'are'}: {', '.join(shown)}{more}."


def printable(text: str) -> str:
    """Show what somebody typed without letting it move the cursor or colour the terminal."""
    return diagnostics.printable(text) or "''"


def count(number: int, noun: str) -> str:
    """Count in words: 1 resource, 2 resources."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
