"""What a send is authorized on."""

from __future__ import annotations

from contextvars import ContextVar
from email.utils import parseaddr
from typing import Any

from embedded.gaps._ministack import (
    Response,
    account,
    app,
    authorize_on,
    iam_actions,
    region,
    service,
)
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._send import Send, identity_of, parse

GAP = Gap(
    aws=(
        "A send needs permission on the From address's identity, or the one that "
        "`X-SES-SOURCE-ARN` names, on its configuration set and, in the sandbox, on each "
        "recipient's identity; From, display name, return path and recipients are condition keys."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html",
    ministack="It authorizes a send on `*`, without the keys: policies deny or allow too much.",
    effect=Effect.STRICTER,
)
SIMULATOR = "@simulator.amazonses.com"
SENDING: ContextVar[Send | None] = ContextVar("sending", default=None)


def install() -> None:
    """Judge sends by what they send; everything else as ministack does.

    ministack judges a v1 call once more, on one resource: that is the identity.
    """
    dispatch, enforce = app._dispatch_service_request, app._enforce_ses_v2
    tags = iam_actions.request_tag_context

    async def dispatch_service_request(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        send = None if path.startswith("/v2/") or not app.AUTH else parse(method, path, body)
        SENDING.set(send)
        denial = _judge(send, "ses", headers, query, request_id) if send else None
        return denial or await dispatch(method, path, headers, body, query, request_id)

    def enforce_ses_v2(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        send = parse(method, path, body) if app.AUTH else None
        if send is None:
            return enforce(method, path, headers, body, query, request_id)
        return _judge(send, "sesv2", headers, query, request_id)

    def request_tag_context(name: str, *rest: Any) -> Any:
        send = SENDING.get() if name == "ses" else None
        return tags(name, *rest) | (_context(send) if send else {})

    app._dispatch_service_request, app._enforce_ses_v2 = dispatch_service_request, enforce_ses_v2
    iam_actions.request_tag_context = request_tag_context
    authorize_on("ses", _first)


def _first(found: str, body: bytes, query: Any) -> str:
    """The first resource of the send that is being judged."""
    send = SENDING.get()
    return _resources(send)[0] if send else found


def _resources(send: Send) -> list[str]:
    """The ARNs that the sender needs permission for: all of them, not one of them."""
    identity, _ = identity_of(send.sender)
    used = send.configuration_set_in_use
    prefix = f"arn:aws:ses:{region()}:{account()}"
    sets = [f"{prefix}:configuration-set/{used}"] if used else []
    source = send.header("X-SES-SOURCE-ARN").strip() or f"{prefix}:identity/{identity}"
    recipients = [f"{prefix}:identity/{identity_of(one)[0]}" for one in _judged_recipients(send)]
    return list(dict.fromkeys([source, *sets, *recipients]))


def _judged_recipients(send: Send) -> list[str]:
    if service("ses")._production_access_enabled():
        return []
    return [one for one in send.recipients if not one.lower().endswith(SIMULATOR)]


def _context(send: Send) -> dict[str, Any]:
    """The condition keys. What a message does not name, such as a return path, has no key."""
    name, bare = parseaddr(send.sender)
    keys = {
        "ses:FeedbackAddress": send.feedback,
        "ses:FromAddress": bare,
        "ses:FromDisplayName": name,
        "ses:Recipients": send.recipients,
        "ses:TenantName": send.tenant,
    }
    return {key: value for key, value in keys.items() if value}


def _judge(send: Send, name: str, headers: Any, query: Any, request_id: str) -> Response | None:
    for resource in _resources(send):
        denial: Response | None = app._enforce_data_plane(
            name,
            f"ses:{send.action}",
            headers,
            query,
            request_id,
            resource_arn=resource,
            service_context=_context(send),
            named_resource=resource,
        )
        if denial is not None:
            return denial
    return None
