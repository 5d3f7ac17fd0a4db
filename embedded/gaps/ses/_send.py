"""A request to send, as SES looks at it before it takes it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import parse_qs

from embedded.gaps._ministack import Response, answer_first, app, iam_evaluator, service

V1 = ("SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail")
V2 = {"/v2/email/outbound-emails": "SendEmail", "/v2/email/outbound-bulk-emails": "SendBulkEmail"}
# What the second API calls an error of the first.
CODES = {
    "ConfigurationSetDoesNotExist": ("NotFoundException", 404),
    "ConfigurationSetSendingPausedException": ("SendingPausedException", 400),
    "InvalidParameterValue": ("BadRequestException", 400),
    "MessageRejected": ("MessageRejected", 400),
    "Throttling": ("TooManyRequestsException", 429),
}


_MESSAGE_ID = re.compile(rb"MessageId(?:>|\": ?\")([\w.@-]+)")


@dataclass(frozen=True)
class Send:
    """What decides whether a message may be sent. A request without a raw message has no headers.

    `sender` is the From address with its name, `source` the envelope's sender if it is named.
    """

    version: int
    action: str
    sender: str
    source: str
    recipients: list[str]
    feedback: str
    configuration_set: str
    tenant: str
    message: Message

    @property
    def is_raw(self) -> bool:
        """Whether the sender wrote the message's headers itself."""
        return bool(self.message.keys())

    def header(self, name: str) -> str:
        """A header's text. What is not ASCII in it is replaced, as nobody can say what it is."""
        return str(self.message.get(name, ""))

    @property
    def configuration_set_in_use(self) -> str:
        """The set that is named or, without one, the identity's own; empty if there is neither."""
        _, record = identity_of(self.sender)
        return self.configuration_set or str(record.get("ConfigurationSetName") or "")

    @property
    def tags(self) -> dict[str, list[str]]:
        """The tags that the sender put on the message in its header."""
        pairs = (pair.partition("=") for pair in self.header("X-SES-MESSAGE-TAGS").split(","))
        return {name.strip(): [value.strip()] for name, _, value in pairs if value}

    def refuse(self, code: str, message: str) -> Response:
        """Refuse in the words of the API that was called; the code is the first one's."""
        if self.version == 1:
            first: Response = service("ses")._error(code, message, 400)
            return first
        second: Response = service("ses_v2")._json_err(CODES[code][0], message, CODES[code][1])
        return second


def before_sending(check: Callable[[Send], Response | None]) -> None:
    """Have every request to send checked, by both APIs, before it is answered."""

    def answer(method: str, path: str, body: bytes) -> Response | None:
        send = parse(method, path, body)
        return check(send) if send else None

    # The first API's module hands the second's requests on to the other.
    answer_first("ses", lambda *given: None if given[1].startswith("/v2/") else answer(*given))
    answer_first("ses_v2", answer)


def after_sending(publish: Callable[[Send, str, str], None]) -> None:
    """Have every message that was taken followed up, with its id and the name of who sent it."""
    for name, prefix in (("ses", "/"), ("ses_v2", "/v2/")):
        _follow_up(service(name), prefix, publish)


def _follow_up(module: Any, prefix: str, publish: Callable[[Send, str, str], None]) -> None:
    pristine = module.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Response:
        response: Response = await pristine(method, path, headers, body, query)
        ours = path.startswith("/v2/") == (prefix == "/v2/")
        send = parse(method, path, body) if ours and response[0] == 200 else None
        taken = _MESSAGE_ID.search(response[2]) if send else None
        if send and taken:
            publish(send, taken[1].decode(), _caller(headers, query))
        return response

    module.handle_request = handle_request


def _caller(headers: Any, query: Any) -> str:
    """The name of the user or role, as SES puts it into `ses:caller-identity`."""
    key = app.extract_access_key_id(headers, query)
    found = iam_evaluator.resolve_credential(key)
    return str(getattr(found, "principal_name", "") or "root")


def parse(method: str, path: str, body: bytes) -> Send | None:
    """The request to send that this is, or None."""
    if path.startswith("/v2/"):
        action = V2.get(path.rstrip("/")) if method == "POST" else None
        return _second(action, body) if action else None
    return _first(body) if b"Action=Send" in body else None


def address(written: str) -> str:
    """The address alone, without a name."""
    return parseaddr(written)[1]


def identity_of(written: str) -> tuple[str, dict[str, Any]]:
    """The identity that SES uses for an address: its own before its domain's, the nearest first."""
    bare = address(written)
    labels = bare.rpartition("@")[2].lower().split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    known = service("ses_v2")._identities, service("ses")._identities
    for name in (bare, *domains):
        for store in known:
            if name in store:
                return name, store[name]
    return bare, {}


def _first(body: bytes) -> Send | None:
    given = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    first = {name: values[0] for name, values in given.items()}
    if first.get("Action") not in V1:
        return None
    message = _message(first.get("RawMessage.Data", ""))
    named = [value for name, value in first.items() if name.startswith("Destination")]
    source = first.get("Source", "")
    return Send(
        version=1,
        action=first["Action"],
        sender=str(message["From"] or source),
        source=source,
        recipients=_addresses(named) or _addressed(message),
        feedback=first.get("ReturnPath") or str(message["Return-Path"] or ""),
        configuration_set=first.get("ConfigurationSetName") or _set(message),
        tenant=_named(message, "X-SES-TENANT"),
        message=message,
    )


def _second(action: str, body: bytes) -> Send:
    given = json.loads(body or b"{}")
    destinations = [entry.get("Destination", {}) for entry in given.get("BulkEmailEntries", [])]
    destinations.append(given.get("Destination", {}))
    named = [a for one in destinations for addresses in one.values() for a in addresses]
    message = _message(given.get("Content", {}).get("Raw", {}).get("Data", ""))
    source = given.get("FromEmailAddress", "")
    return Send(
        version=2,
        action="SendRawEmail" if message.keys() else action,
        sender=str(message["From"] or source),
        source=source,
        recipients=_addresses(named) or _addressed(message),
        feedback=given.get("FeedbackForwardingEmailAddress") or str(message["Return-Path"] or ""),
        configuration_set=given.get("ConfigurationSetName") or _set(message),
        tenant=given.get("TenantName") or _named(message, "X-SES-TENANT"),
        message=message,
    )


def _message(encoded: str) -> Message:
    """The raw message, as far as its headers; an empty one if there is none."""
    try:
        return message_from_bytes(base64.b64decode(encoded))
    except binascii.Error:
        return Message()


def _set(message: Message) -> str:
    return _named(message, "X-SES-CONFIGURATION-SET")


def _named(message: Message, header: str) -> str:
    return str(message[header] or "").strip()


def _addressed(message: Message) -> list[str]:
    names = ("To", "Cc", "Bcc")
    return _addresses([str(value) for name in names for value in message.get_all(name, [])])


def _addresses(written: list[str]) -> list[str]:
    return [bare for _, bare in getaddresses(written) if bare]
