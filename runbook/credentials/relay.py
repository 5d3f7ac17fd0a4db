"""Handing over what a Postfix needs to relay a sender's mail through SES."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws, files
from runbook.base.errors import UserError
from runbook.credentials import postfix
from runbook.credentials.deliver import deliver, write
from runbook.credentials.values import SenderSecret
from settings import Settings


@dataclass(frozen=True)
class Asked:
    """What is known of the machine."""

    main_cf: Path | None = None
    shared: bool = False
    rate: int | None = None


def hand_over(
    settings: Settings, secret: SenderSecret, asked: Asked, to: Path | None, *, reveal: bool
) -> None:
    """Write the files into a folder, or print them as one text."""
    declared = settings.mail.senders[secret.name]
    relay = postfix.Relay(
        secret=secret,
        identities=settings.mail.identities.of_sender(declared, secret.region),
        rate=asked.rate or _rate(settings, secret.region),
        shared=asked.shared,
    )
    if relay.shared and len(secret.headers) > 1:
        raise UserError(
            f"{secret.name}'s mail needs two headers, {' and '.join(secret.headers)}: a Postfix "
            "that several senders share adds one.",
            f"Give its identity the configuration set {secret.configuration_set} in the file.",
        )
    before = files.read(asked.main_cf) if asked.main_cf else None
    made = postfix.files(relay, before)
    if to is None:
        deliver(postfix.as_document(made), None, reveal=reveal)
        return
    _make(to)
    for file in made:
        write(to / file.name, file.text, file.mode)
    print(f"Read {to}/main.cf and {to}/apply.sh. Then, on the relay, as root: sh {to}/apply.sh")


def _make(folder: Path) -> None:
    """Make a folder that its owner alone can open."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file.", "Postfix takes several: name a folder with --to.")
    folder.mkdir(mode=0o700, exist_ok=True)


def _rate(settings: Settings, region: str) -> int:
    """Return what the account may send in a second: as AWS says, or else as the file does."""
    try:
        account = boto3.client("sesv2", region_name=region, config=aws.CONFIG).get_account()
        return max(1, int(account["SendQuota"]["MaxSendRate"]))
    except (ClientError, KeyError):
        return settings.mail.quota.per_second
