"""Making, renewing and removing a user's access key, so that its secret always has one that works.

The two changes that matter, a key in IAM and its secret in Secrets Manager, cannot be made at once.
So each step can be repeated, and what a step that died left behind is found by the next one: a key
that the current value names neither as its own nor as the one before it is nobody's, and goes.

A key that is older than the secret was not made here: its user was adopted, and whatever has it
works on. It is the one before the first of ours, and in the way of a renewal, since IAM allows two.
A deleted key never comes back, a deactivated one can: so a renewal is refused until somebody has
deactivated it, and then deletes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from ..shared.cloudformation import Failure
from . import smtp
from .access_keys import AccessKey, AccessKeys, UserDeletedError
from .secret import CURRENT, PENDING, PREVIOUS, Secret, Value

Verify = Callable[[Value], None]


def render(template: Value, key: AccessKey, previous: str | None) -> Value:
    """Put a key into a value, and the passwords derived from it for the regions it has.

    What belongs to the value's own region stands at the top as well, where most products look.
    """
    value: Value = {**template, **asdict(key), "previous_access_key_id": previous}
    if "regions" in template:
        regions = template["regions"].items()
        value["regions"] = {name: _smtp(name, region, key) for name, region in regions}
        value |= value["regions"][template["region"]]
    return value


def _smtp(name: str, region: Value, key: AccessKey) -> Value:
    return {
        "host": region["host"],
        "port": smtp.PORT,
        "username": key.access_key_id,
        "password": smtp.password(key.secret_access_key, name),
    }


def key_of(value: Value) -> AccessKey:
    """Return the key in a value."""
    return AccessKey(value["access_key_id"], value["secret_access_key"])


def apply(keys: AccessKeys, secret: Secret, template: Value, version: str, verify: Verify) -> None:
    """Bring the secret to what the file asks for. `version` is the request's own id.

    The number in the file names a key: a number that the current value has changes no key, and the
    number before it, as in a rollback, brings back the key before it, while it is there. The key
    that is current until then works on in each case.
    """
    secret.restore()
    if version not in secret.versions():
        known = _still_valid(keys, secret, template)
        if known is None:
            stage(keys, secret, template, version)
        elif known != secret.read(CURRENT):
            secret.write(version, known, CURRENT)
    try:
        if PENDING in secret.versions().get(version, ()):
            verify(secret.read(PENDING) or {})
            secret.promote(version)
    finally:
        tidy(keys, secret)


def _still_valid(keys: AccessKeys, secret: Secret, template: Value) -> Value | None:
    """Return the value for a key that the secret has already, or None where it takes a new one."""
    live = keys.ids()
    current = secret.read(CURRENT)
    for known in (current, secret.read(PREVIOUS)):
        if known and known["version"] == template["version"] and known["access_key_id"] in live:
            key = key_of(known)
            others = {*_named(current)} & {*live} - {key.access_key_id}
            return render(template, key, next(iter(others), None))
    return None


def stage(keys: AccessKeys, secret: Secret, template: Value, version: str) -> None:
    """Make a key and keep it as the pending version; the key in use stays, any older one goes."""
    live, current = keys.ids(), secret.read(CURRENT)
    theirs = [] if current else _made_before(keys, secret)
    kept = next((key for key in (*_named(current), *theirs) if key in live), None)
    gone = [key for key in live if key != kept and key not in theirs]
    _refuse_adopted(keys, secret, gone)
    keys.delete(*gone)
    key = keys.create()
    try:
        secret.write(version, render(template, key, kept), PENDING)
    except Exception:
        # Where only the answer was lost, the value is there, and its key has to stay.
        if key.access_key_id not in _named(secret.read(PENDING)):
            keys.delete(key.access_key_id)
            raise


def _refuse_adopted(keys: AccessKeys, secret: Secret, gone: list[str]) -> None:
    """Refuse to delete a key that was not made here, and that somebody may still use."""
    if gone and (active := {*gone} & {*_made_before(keys, secret)} & {*keys.active()}):
        key = min(active)
        raise Failure(
            f"IAM user {keys.user} still has the key {key} of before it was adopted, and it is "
            "active. Once nothing uses it, deactivate it, and renew again: aws iam "
            f"update-access-key --user-name {keys.user} --access-key-id {key} --status Inactive"
        )


def tidy(keys: AccessKeys, secret: Secret) -> None:
    """Remove what an unfinished request left: a pending version, and keys that no value names."""
    secret.withdraw()
    current = secret.read(CURRENT)
    known = _named(current) if current else _made_before(keys, secret)
    keys.delete(*(key for key in keys.ids() if key not in known))


def remove(keys: AccessKeys, secret: Secret, *, is_rolled_back: bool) -> None:
    """Delete the user's keys, without which CloudFormation could not delete the user.

    The rollback of the change that made the secret leaves the user as it was found: a key that was
    not made here stays then, and what uses it does not notice. In a removal the secret is not asked
    for: it may be gone, and AWS denies what is asked of a secret that has no policy any more.
    """
    try:
        theirs = _made_before(keys, secret) if is_rolled_back else []
        keys.delete(*(key for key in keys.ids() if key not in theirs))
    except UserDeletedError:
        return


def _made_before(keys: AccessKeys, secret: Secret) -> list[str]:
    """Return the keys that are older than their secret. IAM tells whole seconds alone."""
    created = secret.created()
    return keys.older(created.replace(microsecond=0)) if created else []


def _named(value: Value | None) -> list[str]:
    """Return the keys that a value names: its own, then the one before it."""
    names = ("access_key_id", "previous_access_key_id")
    return [value[name] for name in names if value and value.get(name)]
