"""`groundwork mail verify` and `groundwork mail link`: proving that an address is the team's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from runbook.base.errors import UserError
from runbook.base.names import printable
from runbook.mail import regions
from runbook.mail.link import Link, Wanted, links
from runbook.mail.received import Mailbox, mailbox

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

    from settings import Settings

GOOD_FOR = timedelta(hours=24)
"""How long AWS's link can be followed."""
CLOCKS = timedelta(seconds=60)
"""How far this machine's clock may be from S3's."""
PAUSE = 3.0
"""Seconds between two looks into the bucket."""

Say = Callable[[str], None]


@dataclass
class Outcome:
    """What became of an address in one region: `verified`, `sent`, or the `link` to open.

    `awaited` says whether SES receives the mail, so that its link could have been read.
    """

    address: str
    region: str
    state: str
    awaited: bool = False
    link: str = ""
    refused: list[Link] = field(default_factory=list)


def newest_link(settings: Settings, address: str, say: Say) -> str:
    """Return the link of the newest verification mail that SES received for an address."""
    kept = mailbox(settings, address)
    if kept is None:
        raise UserError(
            f"SES receives no mail for {printable(address)}.",
            "Set receives_mail: true at its domain, or open the link in the address's own mailbox.",
        )
    since, refused = datetime.now(UTC) - GOOD_FOR, Outcome(address, "", "sent")
    for region in _regions_of(settings, address):
        outcome = Outcome(address, region, "sent")
        if _read(kept, Wanted(address, region, settings.account), since, outcome):
            _tell_refused(outcome, say)
            return outcome.link
        refused = outcome
    _tell_refused(refused, say)
    raise UserError(
        f"No verification mail of the last 24 hours for {printable(address)} is in {kept.bucket}.",
        f"AWS sends it again: groundwork mail verify {printable(address)}",
    )


def verify(settings: Settings, address: str, seconds: float, say: Say) -> list[Outcome]:
    """Ask for the verification mail again wherever an address is not verified, and wait for it."""
    return [
        _verify_in(settings, address, region, seconds, say)
        for region in settings.mail.addresses[address].regions
    ]


def as_json(outcomes: list[Outcome]) -> str:
    """Return the outcomes for a program."""
    return json.dumps([asdict(outcome) for outcome in outcomes], indent=2)


def _verify_in(settings: Settings, address: str, region: str, seconds: float, say: Say) -> Outcome:
    if _is_verified(regions.sesv2(region), address):
        say(f"{address} is verified in {region}: there is nothing to do.")
        return Outcome(address, region, "verified")
    asked = datetime.now(UTC)
    # The identity stays as it is: SES only sends its mail once more, and counts 24 hours anew.
    regions.ses(region).verify_email_identity(EmailAddress=address)
    outcome = Outcome(address, region, "sent")
    kept = mailbox(settings, address)
    if kept is None:
        say(f"AWS sends a mail to {address}. Whoever reads it opens the link within 24 hours.")
        return outcome
    outcome.awaited = True
    say(f"AWS sends a mail to {address}, which SES receives; waiting for it.")
    _await(kept, Wanted(address, region, settings.account), asked - CLOCKS, seconds, outcome)
    _tell_refused(outcome, say)
    if not outcome.link:
        say(
            f"No mail with AWS's link came within {seconds:.0f} seconds. Is the domain's MX record "
            "AWS's? groundwork dns check. Later: groundwork mail link " + address
        )
    return outcome


def _regions_of(settings: Settings, address: str) -> tuple[str, ...]:
    """Return where an address is verified: where it is declared, or else where its domain is."""
    mail = settings.mail
    identity = mail.addresses.get(address) or mail.domains[address.rpartition("@")[2]]
    return identity.regions


def _is_verified(client: SESV2Client, address: str) -> bool:
    try:
        return client.get_email_identity(EmailIdentity=address)["VerifiedForSendingStatus"]
    except client.exceptions.NotFoundException:
        raise UserError(
            f"{address} is not deployed in {client.meta.region_name}.",
            "Deploy the file first: groundwork changes prepare",
        ) from None


def _await(
    kept: Mailbox, wanted: Wanted, since: datetime, seconds: float, outcome: Outcome
) -> None:
    end = time.monotonic() + seconds
    while not _read(kept, wanted, since, outcome):
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(PAUSE, left))


def _read(kept: Mailbox, wanted: Wanted, since: datetime, outcome: Outcome) -> bool:
    """Look for a link in the mail since a moment, and note those that only look like one."""
    outcome.refused = []
    for link in _found(kept, wanted, since):
        if not link.fault:
            outcome.link, outcome.state = link.url, "link"
            return True
        outcome.refused.append(link)
    return False


def _found(kept: Mailbox, wanted: Wanted, since: datetime) -> Iterator[Link]:
    for mail in kept.since(since):
        # The genuine one comes first: a mail of AWS's has links to its own pages as well.
        yield from sorted(links(mail, wanted), key=lambda link: bool(link.fault))


def _tell_refused(outcome: Outcome, say: Say) -> None:
    for link in outcome.refused:
        say(f"Do not open {printable(link.url)}: {printable(link.fault)}.")
