"""Finding and reading the secret of an item of the file, as whoever calls."""

from __future__ import annotations

import os
from typing import TypeVar

from pydantic import ValidationError

from runbook.base import aws, secrets
from runbook.base.errors import UserError
from runbook.base.names import Kind, require
from runbook.base.outputs import Outputs
from runbook.credentials.values import (
    SECRETS,
    BackupSecret,
    ConsumerSecret,
    DatabaseSecret,
    Secret,
    SenderSecret,
)
from settings import Settings
from settings.contract import Output
from settings.models.replicas import replica_identifier

KINDS = (Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE, Kind.CONSUMER)
OUTPUTS = {
    Kind.SENDER: Output.SENDER_SECRET,
    Kind.BACKUP_USER: Output.USER_SECRET,
    Kind.DATABASE: Output.DATABASE_SECRET,
    Kind.CONSUMER: Output.CONSUMER_SECRET,
}
"""The outputs that have the secrets' ARNs."""

AnySecret = SenderSecret | BackupSecret | DatabaseSecret
Found = TypeVar("Found", bound=Secret)


def kind_of(settings: Settings, name: str, wanted: Kind | None, fitting: list[Kind]) -> Kind:
    """Return what kind of credentials a name stands for.

    A database may have the name of a sender or a backup user: then the form decides, or `wanted`.
    """
    kinds = require(settings, name, *([wanted] if wanted else KINDS))
    if len(kinds) > 1:
        kinds = [kind for kind in kinds if kind in fitting] or kinds
    if len(kinds) > 1:
        raise UserError(
            f"{name} is {' and '.join(kind.indefinite for kind in kinds)} in the file.",
            f"Say which: --kind {' or --kind '.join(kind.slug for kind in kinds)}",
        )
    return kinds[0]


def arn_of(settings: Settings, name: str, kind: Kind) -> str:
    """Return the ARN of an item's secret, or say that the item is not deployed."""
    return Outputs(settings, OUTPUTS[kind])[OUTPUTS[kind], name]


def readers_of(settings: Settings, name: str, kind: Kind) -> tuple[str, ...]:
    """Return the roles that the file names as the readers of an item's secret."""
    if kind is Kind.SENDER:
        return settings.mail.senders[name].credentials.readers
    if kind is Kind.DATABASE:
        return settings.data.databases[name].readers
    consumers = {str(named): item.credentials for named, item in settings.data.consumers()}
    if kind is Kind.CONSUMER:
        return consumers[name].readers
    buckets = settings.backup.buckets.values()
    return next(
        bucket.users[name].credentials.readers for bucket in buckets if name in bucket.users
    )


def read(settings: Settings, name: str, kind: Kind) -> AnySecret:
    """Read the secret of an item. Raises `UserError` where it is not deployed, closed or empty."""
    if kind is Kind.SENDER:
        return read_sender(settings, name)
    secret = _read(settings, name, SECRETS[kind])
    if isinstance(secret, ConsumerSecret) and not secret.host:
        return secret.behind_proxy(_host(settings, name))
    return secret


def _host(settings: Settings, consumer: str) -> str:
    """Return the host of the replica that a consumer reads."""
    (found,) = (named for named, _ in settings.data.consumers() if str(named) == consumer)
    item = replica_identifier(found.database, found.replica)
    outputs = Outputs(settings, Output.REPLICA_ADDRESS)
    return outputs[Output.REPLICA_ADDRESS, item].rpartition(":")[0]


def read_sender(settings: Settings, name: str) -> SenderSecret:
    """Read the secret of a sender, with the hosts that stand for SES's on the embedded AWS."""
    return _as_declared(settings, _read(settings, name, SenderSecret))


def _read(settings: Settings, name: str, model: type[Found]) -> Found:
    readers = readers_of(settings, name, model.kind)
    value = secrets.read(arn_of(settings, name, model.kind), readers)
    try:
        return model.model_validate({**value, "name": name})
    except ValidationError as error:
        missing = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise UserError(
            f"The secret of {name} is not complete: it has no {missing}.",
            "Its stack may be half-deployed, or the secret was edited by hand: "
            "groundwork changes prepare says what the deployment lacks.",
        ) from None


def _as_declared(settings: Settings, secret: SenderSecret) -> SenderSecret:
    """Add whether the sender's mail names its set; and stand the embedded AWS in for SES's host."""
    mail, declared = settings.mail, settings.mail.senders[secret.name]
    update: dict[str, object] = {"header": not mail.identities.applies(declared)}
    if port := aws.embedded_smtp_port():
        here = {"host": "localhost", "port": port}
        places = {name: p.model_copy(update=here) for name, p in secret.regions.items()}
        update |= {**here, "regions": places, "trust": os.environ["AWS_CA_BUNDLE"]}
    return secret.model_copy(update=update)
