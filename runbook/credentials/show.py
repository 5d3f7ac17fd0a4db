"""Showing credentials in the form that a product takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import Kind
from runbook.credentials import relay
from runbook.credentials.deliver import deliver
from runbook.credentials.forms import Form, fitting, written
from runbook.credentials.read import AnySecret, kind_of, read
from runbook.credentials.values import SenderSecret
from settings import Settings, load

PORTS = (25, 465, 587, 2465, 2587)


@dataclass(frozen=True)
class Asked:
    """Whose credentials, in which form, and what the form leaves open."""

    name: str
    form: Form
    kind: Kind | None = None
    region: str | None = None
    port: int | None = None
    postfix: relay.Asked | None = None


def show(configuration: Path, asked: Asked, to: Path | None, *, reveal: bool) -> None:
    """Read credentials and hand them over in a form."""
    settings = load(configuration)
    kind = _checked(settings, asked)
    aws.caller_in(settings.account, settings.region)
    secret = _chosen(read(settings, asked.name, kind), asked)
    if asked.form is Form.POSTFIX and isinstance(secret, SenderSecret):
        relay.hand_over(settings, secret, asked.postfix or relay.Asked(), to, reveal=reveal)
        return
    deliver(written(asked.form, secret), to, reveal=reveal)
    if isinstance(secret, SenderSecret) and asked.form is not Form.EXIM:
        for note in _header_notes(secret):
            print(note, file=sys.stderr)


def _header_notes(secret: SenderSecret) -> Iterator[str]:
    """Yield what a product has to add to each message, and what becomes of it without."""
    if secret.header:
        yield _SET.format(**secret.fields())
    if secret.tenant:
        yield _TENANT.format(**secret.fields())


_SET = """\
Each of {name}'s messages needs the header X-SES-CONFIGURATION-SET: {configuration_set}
because its identity has another configuration set. Where a product cannot add it, give the identity
this set in the file."""
_TENANT = """\
Each of {name}'s messages needs the header X-SES-TENANT: {tenant}
Without it SES sends the message outside of the tenant: a pause of the tenant does not stop it, and
its bounces and complaints count for the whole account. Where a product cannot add it, let it send
through a Postfix: groundwork credentials show {name} --as postfix"""


def _checked(settings: Settings, asked: Asked) -> Kind:
    """Return the kind of the name, once it is known that the form and the options fit it."""
    kinds = [kind for kind in Kind if asked.form in fitting(kind)]
    kind = kind_of(settings, asked.name, asked.kind, kinds)
    if kind not in kinds:
        wanted = " and ".join(f"{each}s" for each in kinds)
        raise UserError(
            f"{asked.form} is a form for {wanted}; {asked.name} is {kind.indefinite}.",
            f"Forms for it: {', '.join(fitting(kind))}",
        )
    if kind is not Kind.SENDER and (asked.region or asked.port):
        raise UserError(f"--region and --port are for senders; {asked.name} is {kind.indefinite}.")
    if asked.postfix and asked.form is not Form.POSTFIX:
        raise UserError("--from, --shared and --rate belong to --as postfix.")
    if asked.port:
        _check_port(asked.port)
    return kind


def _check_port(port: int) -> None:
    if port not in PORTS:
        known = ", ".join(map(str, PORTS))
        raise UserError(f"SES does not listen on port {port}.", f"It listens on: {known}")
    if own := aws.embedded_smtp_port():
        raise UserError(
            f"The embedded AWS does not listen on port {port}.",
            f"Leave out --port: {own} stands for every port of SES there.",
        )


def _chosen(secret: AnySecret, asked: Asked) -> AnySecret:
    """Return the credentials for the region and the port that were asked for."""
    if not isinstance(secret, SenderSecret) or not (asked.region or asked.port):
        return secret
    region = asked.region or secret.region
    if region not in secret.regions:
        raise UserError(
            f"{secret.name} does not send in {region}.", f"It sends in: {', '.join(secret.regions)}"
        )
    return secret.at(region, asked.port)
