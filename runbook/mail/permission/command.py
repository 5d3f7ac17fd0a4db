"""`groundwork mail may-send`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING

import boto3
from rich.console import Console
from rich.text import Text

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import printable
from runbook.base.tables import hanging
from runbook.mail import regions
from runbook.mail.permission import iam
from runbook.mail.permission.message import SIMULATOR, Check, Message
from runbook.mail.permission.ses import Identity, Region
from settings.plan import items_of, plans
from settings.plan.mail import MailItems, SenderItem

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

    from settings import Settings


@dataclass(frozen=True)
class Asked:
    """What is asked, as it was typed: nothing where the sender's own is meant."""

    sender: str
    from_address: str
    recipients: Sequence[str] = ()
    envelope: str = ""
    configuration_set: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether SES takes the message in a region, and everything that was looked at."""

    region: str
    checks: tuple[Check, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing refuses the message."""
        return all(check.passes for check in self.checks)


def may_send(settings: Settings, asked: Asked, *, as_json: bool) -> bool:
    """Print whether a sender may send a message, in each of its regions. Return whether in all."""
    message = _message(settings, asked)
    client = boto3.client("iam", region_name=settings.region, config=aws.CONFIG)
    user = iam.user(client, _planned(settings, asked.sender).user)
    if user is None:
        raise UserError(f"{asked.sender} is not deployed.", "Deploy it: groundwork changes prepare")
    found = [
        judge(client, user, Region(regions.sesv2(region)), message, settings.account)
        for region in settings.mail.senders[asked.sender].regions
    ]
    if as_json:
        print(json.dumps([_values(message, verdict) for verdict in found], indent=2))
    else:
        _present(Console(emoji=False, highlight=False), asked.sender, message, found)
    return all(verdict.passes for verdict in found)


def judge(
    client: IAMClient, user: iam.User, region: Region, message: Message, account: str
) -> Verdict:
    """Ask SES's settings and IAM's simulation what they make of a message in a region."""
    identity = region.identity(message.from_address)
    used = message.header or (identity.configuration_set if identity else "")
    checks = [*region.checks(message, used)]
    if message.tenant:
        checks.append(region.tenant(message.tenant, used, identity.name if identity else ""))
    for resource, policies in _resources(region, message, used).items():
        arn = f"arn:aws:ses:{region.name}:{account}:{resource}"
        checks.append(iam.check(client, user, message, arn, policies))
    return Verdict(region.name, tuple(checks))


def _resources(region: Region, message: Message, used: str) -> dict[str, Mapping[str, str]]:
    """Return what SES asks permission for, each with the policies that it has of its own."""
    identity = region.identity(message.from_address)
    # Without an identity SES authorizes on the address itself, and refuses it afterwards.
    found = [identity or Identity(message.from_address, verified=False)]
    if region.sandbox:
        # There SES authorizes the sender on the recipients' identities as well.
        found += filter(None, map(region.identity, message.recipients))
    resources: dict[str, Mapping[str, str]] = {f"identity/{e.name}": e.policies for e in found}
    return resources | ({f"configuration-set/{used}": {}} if used else {})


def _message(settings: Settings, asked: Asked) -> Message:
    sender = settings.mail.senders[asked.sender]
    address = _address(asked.from_address)
    return Message(
        from_address=address,
        envelope=_address(asked.envelope) if asked.envelope else address,
        recipients=tuple(map(_address, asked.recipients)) or (_somebody(sender.only_to or ()),),
        header=asked.configuration_set or sender.configuration_set or "",
        name=parseaddr(asked.from_address)[0],
        tenant=_planned(settings, asked.sender).tenant or "",
    )


def _somebody(only_to: Sequence[str]) -> str:
    """Return a recipient for a question that names none: one that the sender may reach."""
    return only_to[0].replace("*", "recipient").replace("?", "x") if only_to else _SUCCESS


_SUCCESS = f"success@{SIMULATOR}"


def _address(text: str) -> str:
    """Return the address in `Name <address>`, as SES takes it from a header."""
    address = parseaddr(text)[1]
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        raise UserError(
            f"{printable(text)} is not an e-mail address.", "For example: noreply@example.org"
        )
    return address


def _planned(settings: Settings, sender: str) -> SenderItem:
    """Return a sender with the names that it has in AWS, which are the same in every region."""
    found = (items.senders for items in items_of(plans(settings), MailItems))
    return next(senders[sender] for senders in found if sender in senders)


def _present(console: Console, sender: str, message: Message, verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        yes, who = verdict.passes, message.from_address
        headline = (
            f"Yes: {sender} may send as {who}" if yes else f"No: {sender} may not send as {who}"
        )
        to = ", ".join(message.recipients)
        console.print(
            Text(f"{headline} to {to} in {verdict.region}", style="green" if yes else "bold red"),
            soft_wrap=True,
        )
        for check in verdict.checks:
            style = "" if check.passes else "red"
            lead = Text(f"  {'yes' if check.passes else 'no':3}  {check.name:17}  ", style)
            for line in hanging(lead, check.why, console.width, style):
                console.print(line, soft_wrap=True)
        if answer := next((check.answer for check in verdict.checks if check.answer), ""):
            console.print(Text(f"  SES answers: {answer}", style="dim"), soft_wrap=True)


def _values(message: Message, verdict: Verdict) -> dict[str, object]:
    return {
        "region": verdict.region,
        "may_send": verdict.passes,
        "message": asdict(message),
        "checks": [asdict(check) for check in verdict.checks],
    }
