"""Making, renewing and removing a user's access key, so that its secret always has one that works.

The two changes that matter, a key in IAM and its secret in Secrets Manager, cannot be made at once.
So each step can be repeated, and what a step that died left behind is found by the next one: a key
that the current value names neither as its own nor as the one before it is nobody's, and goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import smtp
from .access_keys import AccessKeys, Pair, UserGoneError
from .secret import CURRENT, PENDING, PREVIOUS, Secret, Value

Proof = Callable[[Value], None]


def filled(form: Value, pair: Pair, previous: str | None) -> Value:
    """Put a key into a value, and the passwords derived from it for the regions it has.

    The place of the value's own region stands at the top as well, where most products look.
    """
    value: Value = {**form, **pair._asdict(), "previous_access_key_id": previous}
    if "regions" in form:
        value["regions"] = {name: _place(name, p, pair) for name, p in form["regions"].items()}
        value |= value["regions"][form["region"]]
    return value


def _place(region: str, place: dict[str, Any], pair: Pair) -> dict[str, Any]:
    password = smtp.password(pair.secret_access_key, region)
    return {
        "host": place["host"],
        "port": smtp.PORT,
        "username": pair.access_key_id,
        "password": password,
    }


def pair_of(value: Value) -> Pair:
    """Return the key in a value."""
    return Pair(value["access_key_id"], value["secret_access_key"])


def apply(keys: AccessKeys, secret: Secret, form: Value, version: str, prove: Proof) -> None:
    """Bring the secret to what the file asks for. `version` is the request's own id.

    The number in the file names a key: a number that the current value has changes no key, and the
    number before it, as in a rollback, brings back the key before it, while it is there. The key
    that is current until then works on in each case.
    """
    secret.restore()
    if version not in secret.versions():
        again = _still_valid(keys, secret, form)
        if again is None:
            stage(keys, secret, form, version)
        elif again != secret.read(CURRENT):
            secret.write(version, again, CURRENT)
    try:
        if PENDING in secret.versions().get(version, ()):
            prove(secret.read(PENDING) or {})
            secret.promote(version)
    finally:
        tidy(keys, secret)


def _still_valid(keys: AccessKeys, secret: Secret, form: Value) -> Value | None:
    """Return the value for a key that the secret has already, or None where it takes a new one."""
    live = keys.ids()
    current = secret.read(CURRENT)
    for known in (current, secret.read(PREVIOUS)):
        if known and known["version"] == form["version"] and known["access_key_id"] in live:
            pair = pair_of(known)
            others = {*_named(current)} & {*live} - {pair.access_key_id}
            return filled(form, pair, next(iter(others), None))
    return None


def stage(keys: AccessKeys, secret: Secret, form: Value, version: str) -> None:
    """Make a key and keep it as the pending version; the key in use stays, any older one goes."""
    live = keys.ids()
    kept = next((key for key in _named(secret.read(CURRENT)) if key in live), None)
    keys.delete(*(key for key in live if key != kept))
    pair = keys.create()
    try:
        secret.write(version, filled(form, pair, kept), PENDING)
    except Exception:
        # Where only the answer was lost, the value is there, and its key has to stay.
        if pair.access_key_id not in _named(secret.read(PENDING)):
            keys.delete(pair.access_key_id)
            raise


def tidy(keys: AccessKeys, secret: Secret) -> None:
    """Remove what an unfinished request left: a pending version, and keys that no value names."""
    secret.withdraw()
    named = _named(secret.read(CURRENT))
    keys.delete(*(key for key in keys.ids() if key not in named))


def remove(keys: AccessKeys) -> None:
    """Delete the user's keys, without which CloudFormation could not delete the user."""
    try:
        keys.delete(*keys.ids())
    except UserGoneError:
        return


def _named(value: Value | None) -> list[str]:
    """Return the keys that a value names: its own, then the one before it."""
    names = ("access_key_id", "previous_access_key_id")
    return [value[name] for name in names if value and value.get(name)]
