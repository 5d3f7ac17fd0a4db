"""The files that a Postfix needs to relay through SES, and the script that puts them in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from shlex import quote
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from runbook.credentials.dialects import line
from runbook.credentials.postfix import main_cf
from runbook.credentials.postfix.patterns import (
    address_pattern,
    domain_pattern,
    header_pattern,
    literal_dollars,
)
from runbook.credentials.values import IMPLICIT_TLS, SenderSecret

MOST_LANES = 20
"""Services of `master.cf` for one region: twenty messages a second are 1.7 million a day."""
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class File(NamedTuple):
    """A file for Postfix's folder."""

    name: str
    mode: int
    text: str


@dataclass(frozen=True)
class Relay:
    """How one Postfix is to use a sender's credentials."""

    secret: SenderSecret
    identities: Sequence[str]
    """The sender's identities in the region: SES takes their addresses as envelope senders."""
    rate: int
    """Recipients that may be sent to in a second."""
    shared: bool = False
    """It relays for others as well: only mail from the sender's own addresses goes to SES."""

    @property
    def nexthop(self) -> str:
        """Return SES's host and port as Postfix has them; the brackets skip its MX look-up."""
        return f"[{self.secret.host}]:{self.secret.port}"

    @property
    def services(self) -> list[str]:
        """Return the names of the services in master.cf, each of which sends once a second."""
        return [f"ses{number}" for number in range(1, min(self.rate, MOST_LANES) + 1)]

    @property
    def adds_headers(self) -> bool:
        """Tell whether headers are added: senders that share a Postfix share its services too."""
        return bool(self.secret.headers) or self.shared

    @property
    def envelope_sender(self) -> str | None:
        """Return the address for mail whose own envelope sender SES would refuse."""
        address = self.secret.fields()["from_address"]
        return str(address) if address else None


def files(relay: Relay, before: str | None) -> list[File]:
    """Return the files, and `apply.sh`, which puts them in place on the machine.

    `before` is the machine's main.cf: it is kept, what it said of the relay in comments. Without
    it, main.cf has the new settings alone. Only the password map has the password.
    """
    old = partial(_old, dict(main_cf.entries(before or "")))
    trial = main_cf.on_trial(before)
    settings = _render("main.cf.j2", relay, old=old, trial=trial)
    maps = [File("ses_password", 0o600, _password_map(relay)), *_maps(relay)]
    script = _render(
        "apply.sh.j2",
        relay,
        whole=before is not None,
        maps=maps,
        trial=trial,
        begin=main_cf.BEGIN,
        end=main_cf.END,
    )
    return [
        File("main.cf", 0o644, main_cf.changed(before, settings)),
        *maps,
        File("apply.sh", 0o755, script),
    ]


def as_document(made: Sequence[File]) -> str:
    """Return all files as one text, each below a comment with its place and mode."""
    parts = (f"# {PurePath('/etc/postfix') / f.name}, mode {f.mode:04o}\n{f.text}" for f in made)
    return "\n".join(parts)


def _old(before: dict[str, str], name: str, ours: str) -> str:
    """Return what a list of maps had beside ours, to stand behind it."""
    others = before.get(name, "").removeprefix(ours).strip(", ")
    return f", {others}" if others else ""


def _password_map(relay: Relay) -> str:
    login = f"{relay.secret.username}:{line(relay.secret.password)}"
    if not relay.shared:
        return f"{relay.nexthop} {login}\n"
    patterns = (address_pattern(address) for address in relay.secret.from_addresses)
    return "".join(f"{pattern} {literal_dollars(login)}\n" for pattern in patterns)


def _maps(relay: Relay) -> Iterator[File]:
    addresses = relay.secret.from_addresses
    if relay.shared:
        lines = [f"{address_pattern(address)} ses\n" for address in addresses]
        yield File("ses_senders", 0o644, "".join(lines))
    elif relay.envelope_sender:
        lines = [f"{domain_pattern(identity)} $1\n" for identity in relay.identities]
        # Not a notice of a bounce, which has no envelope sender: with one, it would bounce again.
        rest = f"/@./ {literal_dollars(relay.envelope_sender)}\n"
        yield File("ses_envelope", 0o644, "".join([*lines, rest]))
    if relay.adds_headers:
        yield File("ses_header", 0o644, _render("ses_header.j2", relay))


def _render(template: str, relay: Relay, **more: object) -> str:
    """Fill in a template. `options` are those of the services in master.cf."""
    environment = Environment(  # noqa: S701 - Postfix's settings, and no HTML
        loader=PackageLoader("runbook.credentials.postfix"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"sh": quote, "header": header_pattern}
    found = environment.get_template(template)
    return found.render(relay=relay, secret=relay.secret, options=_options(relay), **more)


def _options(relay: Relay) -> str:
    """Return what SES needs of a service alone, so that other mail goes on as it did."""
    trust = relay.secret.trust
    options = {
        "smtp_tls_security_level": "secure",
        "smtp_tls_CAfile": SYSTEM_CERTIFICATES if trust == "system" else trust,
    }
    if relay.secret.port in IMPLICIT_TLS:
        options["smtp_tls_wrappermode"] = "yes"
    if relay.adds_headers:
        options["smtp_header_checks"] = "regexp:$config_directory/ses_header"
    return "".join(f" -o {name}={value}" for name, value in options.items())
