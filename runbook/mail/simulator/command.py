"""`groundwork mail test`."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import printable
from runbook.base.outputs import Outputs
from runbook.credentials.read import read_sender
from runbook.mail.notifications.explaining import Explanation
from runbook.mail.simulator import delivery_log, inbox, smtp
from runbook.mail.simulator.cases import CASES, Case
from runbook.mail.simulator.delivery_log import DeliveryLog
from runbook.mail.simulator.destinations import Topic, topics
from runbook.mail.simulator.following import Arrival, Source, follow
from runbook.mail.simulator.smtp import Sent
from settings.contract import Output

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from runbook.credentials.values import SenderSecret
    from settings import Settings
    from settings.models.senders import Sender


@dataclass(frozen=True)
class Result:
    """What became of one message."""

    case: Case
    sent: Sent
    told: Mapping[str, Explanation | None]
    """The event by each place that the file has told of it; None where it did not come in time."""

    @property
    def is_right(self) -> bool:
        """Whether SES took the message, and everybody who should was told what became of it."""
        return bool(self.sent.message_id) and all(self.told.values())


@dataclass(frozen=True)
class Places:
    """Who is told what becomes of a sender's mail."""

    log: str | None
    """The log group of its delivery log."""
    topics: Sequence[Topic]

    def of(self, event: str) -> list[str]:
        """Return those that are told of an event: a delivery log, of all."""
        log = [delivery_log.PLACE] if self.log else []
        return log + [f"topic {topic.name}" for topic in self.topics if event in topic.events]


def test(
    settings: Settings, name: str, region: str | None, seconds: float, *, as_json: bool
) -> bool:
    """Send to each of the simulator's addresses, and follow that. Return whether all went well."""
    sender = settings.mail.senders[name]
    region = region or sender.regions[0]
    if region not in sender.regions:
        raise UserError(
            f"{name} does not send in {printable(region)}.", f"It does in {_list(sender.regions)}."
        )
    secret = read_sender(settings, name)
    group = Outputs(settings, Output.DELIVERY_LOG).by_region(Output.DELIVERY_LOG, name).get(region)
    places = Places(group, topics(settings, name, _address(sender), region))
    logs = boto3.client("logs", region_name=region, config=aws.CONFIG)
    with ExitStack() as stack:
        listeners = list(_listeners(stack, logs, places, region))
        client = stack.enter_context(smtp.connected(secret.regions[region], secret.trust))
        sent = list(_send_all(client, name, sender, _headers(sender, secret)))
        results = _follow(listeners, places, sent, seconds)
    if as_json:
        print(json.dumps([_values(result) for result in results], indent=2))
    else:
        _present(results)
        _advise(name, sender, results)
    return all(result.is_right for result in results)


def _listeners(
    stack: ExitStack, logs: CloudWatchLogsClient, places: Places, region: str
) -> Iterator[Source]:
    """Yield where to look, from before the first message is sent."""
    if places.log:
        yield DeliveryLog(logs, places.log)
    if places.topics:
        try:
            yield stack.enter_context(inbox.listening(region, places.topics))
        except ClientError as error:
            raise UserError(
                f"The topics that are told cannot be listened at: {aws.reason(error)}",
                "It takes a queue for a minute: sqs:CreateQueue, DeleteQueue, ReceiveMessage and "
                f"DeleteMessage of {inbox.PREFIX}*, sns:Subscribe and Unsubscribe.",
            ) from None


def _address(sender: Sender) -> str:
    return sender.from_addresses[0].replace("*", "test").replace("?", "x")


def _headers(sender: Sender, secret: SenderSecret) -> dict[str, str]:
    """Return what its mail names: the set, where the file names one for it, and its tenant."""
    used = sender.configuration_set
    return ({"X-SES-CONFIGURATION-SET": used} if used else {}) | secret.headers


def _send_all(
    client: smtplib.SMTP, name: str, sender: Sender, headers: Mapping[str, str]
) -> Iterator[tuple[Case, Sent]]:
    for case in CASES:
        message = EmailMessage()
        message["From"], message["To"] = _address(sender), case.address
        message["Subject"] = f"Test of {name}: to be {case.name}"
        for header, value in headers.items():
            message[header] = value
        message.set_content("A test, sent by: groundwork mail test\n")
        yield case, smtp.send(client, _address(sender), message)


def _follow(
    listeners: Sequence[Source],
    places: Places,
    sent: Sequence[tuple[Case, Sent]],
    seconds: float,
) -> list[Result]:
    """Wait for what the file has told of each message that SES took."""
    expected = [
        Arrival(place, each.message_id, case.event)
        for case, each in sent
        if each.message_id
        for place in places.of(case.event)
    ]
    found = follow(listeners, expected, seconds) if expected else {}
    return [
        Result(
            case,
            each,
            {
                arrival.place: found.get(arrival)
                for arrival in expected
                if arrival.message == each.message_id
            },
        )
        for case, each in sent
    ]


def _present(results: Sequence[Result]) -> None:
    for result in results:
        state = "accepted" if result.sent.message_id else "refused"
        what = result.sent.message_id or result.sent.refusal
        print(f"{result.case.name:10}  {result.case.address:40}  {state}: {printable(what)}")
        for place, event in result.told.items():
            said = _said(event) if event else f"no {result.case.event} event came in time"
            print(f"{'':10}  {place}: {said}")
        if result.sent.message_id and not result.told:
            print(f"{'':10}  nobody is told: the file declares nothing for a {result.case.event}")


def _said(event: Explanation) -> str:
    points = [point.value for point in event.points if point.value]
    return ", ".join([event.event, *points])


def _advise(name: str, sender: Sender, results: Sequence[Result]) -> None:
    """Say what to do about a refusal, what did not arrive, and what nobody is told of."""
    if any(result.sent.refusal for result in results):
        address = sender.from_addresses[0]
        print(f"What refuses a message: groundwork mail may-send {name} {address} --to RECIPIENT")
        if sender.only_to:
            print(f"It may write to {_list(sender.only_to)} only, by its only_to in the file.")
    if not all(event for result in results for event in result.told.values()):
        print("What keeps it from arriving: groundwork mail status; groundwork drift")
    if any(result.sent.message_id and not result.told for result in results):
        print("To be told of everything, set delivery_logs: true, and bounces_to or notify.")


def _values(result: Result) -> dict[str, object]:
    return {
        "case": result.case.name,
        "recipient": result.case.address,
        "message_id": result.sent.message_id,
        "refusal": result.sent.refusal,
        "event": result.case.event,
        "told": {place: _said(event) if event else None for place, event in result.told.items()},
        "right": result.is_right,
    }


def _list(names: Mapping[str, object] | tuple[str, ...]) -> str:
    return ", ".join(names)
