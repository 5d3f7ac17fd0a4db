"""Headers in identity feedback, and what is set for an identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from embedded.gaps._calls import true
from embedded.gaps._ministack import Response, answer_first, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "Notifications include the original headers where that is enabled; the settings can "
        "be read."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html",
    ministack="It lacks both calls.",
    effect=Effect.CAPABLE,
)

Parameters = dict[str, Any]
KINDS = ("Bounce", "Complaint", "Delivery")


def install() -> None:
    """Answer these calls before ministack finds them unknown."""
    answer_first("ses", _answer)


def _answer(method: str, path: str, body: bytes) -> Response | None:
    if path.startswith("/v2/"):
        return None
    given = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    known = CALLS.get(service("ses")._p(given, "Action"))
    return known(given) if known else None


def _set_headers(given: Parameters) -> Response:
    ses = service("ses")
    identity = ses._identities.get(ses._p(given, "Identity"))
    if identity is None:
        return _refusal(f"Identity {ses._p(given, 'Identity')} does not exist.")
    enabled = identity.setdefault("HeadersInNotifications", {})
    enabled[ses._p(given, "NotificationType")] = true(ses._p(given, "Enabled"))
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
