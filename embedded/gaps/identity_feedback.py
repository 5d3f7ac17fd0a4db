"""Identity feedback of SES v1: ministack cannot include headers, nor say what is set.

`SetIdentityHeadersInNotificationsEnabled` and `GetIdentityNotificationAttributes` are unknown to
it; `SetIdentityNotificationTopic` it has, and it publishes to the topic, without the headers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from embedded.gaps._ministack import Response, service

Parameters = dict[str, Any]
KINDS = ("Bounce", "Complaint", "Delivery")


def install() -> None:
    """Answer these calls before ministack finds them unknown."""
    module = service("ses")
    pristine = module.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Response:
        given = {**query, **parse_qs(body.decode(errors="replace"), keep_blank_values=True)}
        known = None if path.startswith("/v2/") else CALLS.get(module._p(given, "Action"))
        if known is not None:
            return known(given)
        answer: Response = await pristine(method, path, headers, body, query)
        return answer

    module.handle_request = handle_request


def _set_headers(given: Parameters) -> Response:
    ses = service("ses")
    identity = ses._identities.get(ses._p(given, "Identity"))
    if identity is None:
        return _refusal(f"Identity {ses._p(given, 'Identity')} does not exist.")
    enabled = identity.setdefault("HeadersInNotifications", {})
    enabled[ses._p(given, "NotificationType")] = ses._p(given, "Enabled") == "true"
    action = "SetIdentityHeadersInNotificationsEnabled"
    answer: Response = ses._xml(200, f"{action}Response", f"<{action}Result/>")
    return answer


def _get_attributes(given: Parameters) -> Response:
    ses = service("ses")
    found = {
        name: ses._identities[name]
        for name in ses._collect_list(given, "Identities.member")
        if name in ses._identities
    }
    entries = "".join(
        f"<entry><key>{name}</key><value>{_attributes(identity)}</value></entry>"
        for name, identity in found.items()
    )
    shown = f"<NotificationAttributes>{entries}</NotificationAttributes>"
    action = "GetIdentityNotificationAttributes"
    result = f"<{action}Result>{shown}</{action}Result>"
    answer: Response = ses._xml(200, f"{action}Response", result)
    return answer


def _attributes(identity: Any) -> str:
    topics, headers = identity["NotificationTopics"], identity.get("HeadersInNotifications", {})
    values = {f"{kind}Topic": topics[kind] for kind in KINDS if topics.get(kind)}
    values["ForwardingEnabled"] = str(identity["FeedbackForwardingEnabled"]).lower()
    for kind in KINDS:
        values[f"HeadersIn{kind}NotificationsEnabled"] = str(headers.get(kind, False)).lower()
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def _refusal(message: str) -> Response:
    refusal: Response = service("ses")._error("InvalidParameterValue", message, 400)
    return refusal


CALLS: dict[str, Callable[[Parameters], Response]] = {
    "SetIdentityHeadersInNotificationsEnabled": _set_headers,
    "GetIdentityNotificationAttributes": _get_attributes,
}
