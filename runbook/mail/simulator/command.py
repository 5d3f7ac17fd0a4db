"""`groundwork mail test`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import boto3

from runbook.base import aws, secrets
from runbook.base.errors import UserError
from runbook.base.names import Kind, printable, require
from runbook.base.outputs import Outputs
from runbook.mail.simulator import delivery_log, smtp
from runbook.mail.simulator.cases import CASES, Case
from runbook.mail.simulator.smtp import Relay, Sent
from settings.contract import Output

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

    from settings import Settings
    from settings.models.senders import Sender


@dataclass(frozen=True)
class Result:
    """What became of one message: `told` is what the delivery log says, None without a log."""

    case: Case
    sent: Sent
    told: str | None = None
    arrived: bool = False

    @property
    def is_right(self) -> bool:
        """Whether SES took the message, and its event came as far as that can be seen."""
        return bool(self.sent.message_id) and (self.told is None or self.arrived)


def test(
    settings: Settings, name: str, region: str | None, seconds: float, *, as_json: bool
) -> bool:
    """Send to each of the simulator's addresses, and follow that. Return whether all went well."""
    require(settings, name, Kind.SENDER)
    sender = settings.mail.senders[name]
    region = region or sender.regions[0]
    if region not in sender.regions:
        raise UserError(
            f"{name} does not send in {printable(region)}.", f"It does in {_list(sender.regions)}."
        )
    outputs = Outputs(settings, Output.SENDER_SECRET, Output.DELIVERY_LOG)
    secret = secrets.read(outputs[Output.SENDER_SECRET, name])
    group = outputs.by_region(Output.DELIVERY_LOG, name).get(region)
    logs: CloudWatchLogsClient = boto3.client("logs", region_name=region, config=aws.CONFIG)
    relay = smtp.at_this_aws(_relay(secret["regions"][region]), logs.meta.endpoint_url)
    results = list(_send_all(relay, name, sender))
    if group:
        results = _follow(logs, group, results, seconds)
    if as_json:
        print(json.dumps([_values(result) for result in results], indent=2))
    else:
        _present(results)
        _advise(settings, name, region, results)
    return all(result.is_right for result in results)


def _relay(values: Mapping[str, Any]) -> Relay:
    return Relay(values["host"], int(values["port"]), values["username"], values["password"])


def _send_all(relay: Relay, name: str, sender: Sender) -> Iterator[Result]:
    address = sender.from_addresses[0].replace("*", "test").replace("?", "x")
    with smtp.connected(relay) as client:
        for case in CASES:
            message = EmailMessage()
            message["From"], message["To"] = address, case.address
            message["Subject"] = f"Test of {name}: to be {case.name}"
            if sender.configuration_set:
                message["X-SES-CONFIGURATION-SET"] = sender.configuration_set
            message.set_content("A test, sent by: groundwork mail test\n")
            yield Result(case, smtp.send(client, address, message))


def _follow(
    logs: CloudWatchLogsClient, group: str, results: list[Result], seconds: float
) -> list[Result]:
    """Add what the delivery log says of each message that SES took."""
    expected = {each.sent.message_id: each.case.event for each in results if each.sent.message_id}
    found = delivery_log.await_events(logs, group, expected, seconds)
    followed = []
    for result in results:
        events = found.get(result.sent.message_id, [])
        told = "; ".join(
            ", ".join([event.event, *(point.value for point in event.points if point.value)])
            for event in events
        )
        arrived = any(event.event == result.case.event for event in events)
        followed.append(replace(result, told=told, arrived=arrived))
    return followed


def _without_log(settings: Settings, name: str, region: str) -> str:
    """Say who has to be asked where no delivery log tells what became of the messages."""
    sender, identities = settings.mail.senders[name], settings.mail.identities
    told = dict.fromkeys(sender.bounces_to)
    for identity in identities.of_sender(sender, region):
        told |= dict.fromkeys(identities.by_name[identity].notify)
    whom = f"Ask {_list(told)}, who should have it by e-mail" if told else "Nobody is told of it"
    return (
        "What became of them cannot be seen from here: the sender has no delivery log.\n"
        f"{whom}. To see it here next time, set delivery_logs: true and deploy."
    )


def _present(results: list[Result]) -> None:
    for result in results:
        state = "accepted" if result.sent.message_id else "refused"
        what = result.sent.message_id or result.sent.refusal
        print(f"{result.case.name:10}  {result.case.address:40}  {state}: {printable(what)}")
        if result.sent.message_id and result.told is not None:
            missing = f"no {result.case.event} event came in time"
            print(f"{'':10}  {result.told if result.arrived else missing}")


def _advise(settings: Settings, name: str, region: str, results: list[Result]) -> None:
    """Say what to do about a refusal, and whom to ask where there is no delivery log."""
    sender = settings.mail.senders[name]
    if any(result.sent.refusal for result in results):
        address = sender.from_addresses[0]
        print(f"What refuses a message: groundwork mail may-send {name} {address} --to RECIPIENT")
        if sender.only_to:
            print(f"It may write to {_list(sender.only_to)} only, by its only_to in the file.")
    if any(result.sent.message_id and result.told is None for result in results):
        print(_without_log(settings, name, region))


def _values(result: Result) -> dict[str, object]:
    return {
        "case": result.case.name,
        "recipient": result.case.address,
        "message_id": result.sent.message_id,
        "refusal": result.sent.refusal,
        "told": result.told,
        "arrived": result.arrived if result.told is not None else None,
    }


def _list(names: Mapping[str, object] | tuple[str, ...]) -> str:
    return ", ".join(names)
