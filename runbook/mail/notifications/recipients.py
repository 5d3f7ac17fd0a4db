"""The recipients that a notification is about, and what their servers answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runbook.mail.notifications.block_lists import ADVICE, named_in
from runbook.mail.notifications.points import Point, members, objects, text
from runbook.mail.notifications.status_codes import CLASSES, CODES, REPLIES, SUBJECTS

_LISTS = {
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
}
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<!\d)([245]\d\d)[ -]")


@dataclass(frozen=True)
class Recipient:
    """An address, and what the server behind it said."""

    address: str
    points: tuple[Point, ...] = ()


def of(
    notification: Mapping[str, object], event: str, mail: Mapping[str, object]
) -> Iterator[Recipient]:
    """Yield the recipients that a notification names, or else those of the message."""
    group, name = _LISTS.get(event, ("", ""))
    named = objects(members(notification, group), name)
    if named:
        for each in named:
            yield Recipient(text(each, "emailAddress"), tuple(_points(each)))
        return
    destination = members(notification, "delivery").get("recipients") or mail.get("destination")
    for address in destination if isinstance(destination, list) else ():
        yield Recipient(text({"address": address}, "address"))


def _points(recipient: Mapping[str, object]) -> Iterator[Point]:
    status, answer = text(recipient, "status"), text(recipient, "diagnosticCode")
    codes, found = ([m.group() for m in _ENHANCED.finditer(t)][:1] for t in (status, answer))
    yield from map(status_point, _codes(codes, found))
    if not found and (reply := _REPLY.search(answer)) and reply[1] in REPLIES:
        yield Point("reply", reply[1], REPLIES[reply[1]])
    if answer:
        yield Point("answer", answer)
    if listed := named_in(answer):
        yield Point("block list", listed.name, listed.page, ADVICE[listed.lists])


def _codes(status: list[str], answer: list[str]) -> list[str]:
    """Return the codes of both, each once.

    A status ending in .0.0 says less than the code within the server's own words.
    """
    if not answer or (status == answer and not status[0].endswith(".0.0")):
        return status
    return [code for code in status if not code.endswith(".0.0")] + answer


def status_point(code: str) -> Point:
    """Explain an enhanced status code, such as 5.1.1."""
    kind, _, rest = code.partition(".")
    detail, known = CODES.get(rest), rest in CODES
    meaning = detail or f"{SUBJECTS.get(rest.partition('.')[0], '')} The registry has no such code."
    return Point("status", code, f"{meaning.strip()} ({CLASSES[kind]})", known=known)
