"""Finding and reading the secret of an item of the file, as whoever calls."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pydantic import ValidationError

from runbook.base import secrets
from runbook.base.errors import UserError
from runbook.base.names import Kind, require
from runbook.base.outputs import Outputs
from runbook.credentials.values import (
    SECRETS,
    BackupSecret,
    DatabaseSecret,
    SenderSecret,
)
from settings import Settings
from settings.contract import Output

KINDS = (Kind.SENDER, Kind.BACKUP_USER, Kind.DATABASE, Kind.CONSUMER)
OUTPUTS = {
    Kind.SENDER: Output.SENDER_SECRET,
    Kind.BACKUP_USER: Output.USER_SECRET,
    Kind.DATABASE: Output.DATABASE_SECRET,
    Kind.CONSUMER: Output.CONSUMER_SECRET,
}
"""The outputs that have the secrets' ARNs."""

AnySecret = SenderSecret | BackupSecret | DatabaseSecret


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


def read(settings: Settings, name: str, kind: Kind) -> AnySecret:
    """Read the secret of an item. Raises `UserError` where it is not deployed, closed or empty."""
    value = secrets.read(arn_of(settings, name, kind))
    try:
        secret = SECRETS[kind].model_validate({**value, "name": name})
    except ValidationError as error:
        missing = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise UserError(
            f"The secret of {name} is not complete: it has no {missing}.",
            "Its stack may be half-deployed, or somebody wrote the secret by hand: "
            "groundwork changes prepare says what the deployment lacks.",
        ) from None
    return _as_declared(settings, secret) if isinstance(secret, SenderSecret) else secret


def _as_declared(settings: Settings, secret: SenderSecret) -> SenderSecret:
    """Add whether the sender's mail names its set; and stand the embedded AWS in for SES's host."""
    mail, declared = settings.mail, settings.mail.senders[secret.name]
    update: dict[str, object] = {"header": not mail.identities.applies(declared)}
    if port := _embedded_port():
        here = {"host": "localhost", "port": port}
        places = {name: p.model_copy(update=here) for name, p in secret.regions.items()}
        update |= {**here, "regions": places, "trust": os.environ["AWS_CA_BUNDLE"]}
    return secret.model_copy(update=update)


def _embedded_port() -> int | None:
    """Return the port of the embedded AWS that stands for SES's SMTP hosts, where that is used."""
    host = urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).hostname
    port = os.environ.get("EMBEDDED_SMTP_PORT", "")
    return int(port) if host == "127.0.0.1" and port.isdigit() else None
