"""What a send is authorized on."""

from __future__ import annotations

import base64
import binascii
import json
from contextvars import ContextVar
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import parse_qs

from embedded.gaps._ministack import Response, account, app, iam_actions, region, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A send needs permission on the From address's identity and on its configuration set; "
        "From, display name, return path and recipients are condition keys."
    ),
    page="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html",
    ministack="It authorizes a send on `*`, without the keys: policies deny or allow too much.",
    effect=Effect.STRICTER,
)

HEADER = "X-SES-CONFIGURATION-SET"
V1 = ("SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail")
V2 = {"/v2/email/outbound-emails": "SendEmail", "/v2/email/outbound-bulk-emails": "SendBulkEmail"}


@dataclass(frozen=True)
class Send:
    """What decides whether a message may be sent."""

    action: str
    source: str
    recipients: list[str]
    feedback: str
    configuration_set: str

    def resources(self) -> list[str]:
        """The ARNs that the sender needs permission for: all of them, not one of them."""
        identity, record = _identity(parseaddr(self.source)[1])
        used = self.configuration_set or record.get("ConfigurationSetName", "")
        prefix = f"arn:aws:ses:{region()}:{account()}"
        sets = [f"{prefix}:configuration-set/{used}"] if used else []
        return [f"{prefix}:identity/{identity}", *sets]

    def context(self) -> dict[str, Any]:
        """The condition keys. What a message does not name, such as a return path, has no key."""
        name, address = parseaddr(self.source)
        keys = {
            "ses:FeedbackAddress": self.feedback,
            "ses:FromAddress": address,
            "ses:FromDisplayName": name,
            "ses:Recipients": self.recipients,
        }
        return {key: value for key, value in keys.items() if value}


SENDING: ContextVar[Send | None] = ContextVar("sending", default=None)


def install() -> None:
    """Judge sends by what they send; everything else as ministack does.

    ministack judges a v1 call once more, on one resource: that is the identity.
    """
    dispatch, enforce = app._dispatch_service_request, app._enforce_ses_v2
    extract, tags = iam_actions.extract_resource_arn, iam_actions.request_tag_context

    async def dispatch_service_request(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        send = _v1(body) if app.AUTH and b"Action=Send" in body else None
        SENDING.set(send)
        if send is not None:
            judged = (_judge(send, r, "ses", headers, query, request_id) for r in send.resources())
            denial = next((denial for denial in judged if denial is not None), None)
            if denial is not None:
                return denial
        return await dispatch(method, path, headers, body, query, request_id)

    def enforce_ses_v2(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        action = V2.get(path.rstrip("/"))
        if method != "POST" or action is None or not app.AUTH:
            return enforce(method, path, headers, body, query, request_id)
        send = _v2(action, body)
        judged = (_judge(send, r, "sesv2", headers, query, request_id) for r in send.resources())
        return next((denial for denial in judged if denial is not None), None)

    def extract_resource_arn(name: str, *rest: Any) -> Any:
        send = SENDING.get() if name == "ses" else None
        return send.resources()[0] if send else extract(name, *rest)

    def request_tag_context(name: str, *rest: Any) -> Any:
        send = SENDING.get() if name == "ses" else None
        return tags(name, *rest) | (send.context() if send else {})

    app._dispatch_service_request, app._enforce_ses_v2 = dispatch_service_request, enforce_ses_v2
    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.request_tag_context = request_tag_context


def _judge(
    send: Send, resource: str, name: str, headers: Any, query: Any, request_id: str
) -> Response | None:
    denial: Response | None = app._enforce_data_plane(
        name,
        f"ses:{send.action}",
        headers,
        query,
        request_id,
        resource_arn=resource,
        service_context=send.context(),
        named_resource=resource,
    )
    return denial


def _identity(address: str) -> tuple[str, dict[str, Any]]:
    """The identity that SES uses for an address: its own before its domain's, the nearest first."""
    labels = address.rpartition("@")[2].lower().split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    known = service("ses_v2")._identities, service("ses")._identities
    for name in (address, *domains):
        for store in known:
            if name in store:
                return name, store[name]
    return domains[0] if domains else address, {}


def _v1(body: bytes) -> Send | None:
    given = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    first = {name: values[0] for name, values in given.items()}
    if first.get("Action") not in V1:
        return None
    message = _message(first.get("RawMessage.Data", ""))
    named = [value for name, value in first.items() if name.startswith("Destination")]
    return Send(
        action=first["Action"],
        source=message["From"] or first.get("Source", ""),
        recipients=_bare(named) or _addressed(message),
        feedback=first.get("ReturnPath") or message["Return-Path"] or "",
        configuration_set=first.get("ConfigurationSetName") or message[HEADER] or "",
    )


def _v2(action: str, body: bytes) -> Send:
    given = json.loads(body or b"{}")
    destinations = [entry.get("Destination", {}) for entry in given.get("BulkEmailEntries", [])]
    destinations.append(given.get("Destination", {}))
    named = [a for one in destinations for addresses in one.values() for a in addresses]
    message = _message(given.get("Content", {}).get("Raw", {}).get("Data", ""))
    return Send(
        action="SendRawEmail" if message.keys() else action,
        source=message["From"] or given.get("FromEmailAddress", ""),
        recipients=_bare(named) or _addressed(message),
        feedback=given.get("FeedbackForwardingEmailAddress") or message["Return-Path"] or "",
        configuration_set=given.get("ConfigurationSetName") or message[HEADER] or "",
    )


def _message(encoded: str) -> Message:
    """The raw message, as far as its headers; an empty one if there is none."""
    try:
        return message_from_bytes(base64.b64decode(encoded))
    except binascii.Error:
        return Message()


def _addressed(message: Message) -> list[str]:
    return _bare(
        [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
    )


def _bare(addresses: list[str]) -> list[str]:
    return [address for _, address in getaddresses(addresses) if "@" in address]
