"""The settings of an identity, changed after it was made."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from embedded.gaps._ministack import Properties, Response, answer_first, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="MAIL FROM, the default configuration set, DKIM and forwarding of an identity are set.",
    page=(
        "https://docs.aws.amazon.com/ses/latest/APIReference-V2/"
        "API_PutEmailIdentityMailFromAttributes.html"
    ),
    ministack="It knows none of the four calls.",
    effect=Effect.CAPABLE,
)

_CALL = re.compile(
    r"/v2/email/identities/([^/]+)/(mail-from|configuration-set|dkim|feedback)", re.ASCII
)


def install() -> None:
    """Answer the four calls, and let the first API know what the second one made."""
    answer_first("ses_v2", _answer, _shared)


def _shared(method: str, path: str, response: Response) -> Response:
    """Identities are one thing to both of SES's APIs, and two to ministack."""
    if method == "POST" and path == "/v2/email/identities" and response[0] < 300:
        ses: Any = service("ses")
        for name in service("ses_v2")._identities:
            kind = "EmailAddress" if "@" in name else "Domain"
            ses._identities.setdefault(name, ses._make_identity(name, kind))
    return response


def _answer(method: str, path: str, body: bytes) -> Response | None:
    called = _CALL.fullmatch(path)
    if not called or method != "PUT":
        return None
    name = unquote(called[1])
    identity: Any = service("ses_v2")._identities.get(name)
    if identity is None:
        message = f"Email identity {name} does not exist."
        refusal: Response = service("ses_v2")._json_err("NotFoundException", message, 404)
        return refusal
    identity.update(_settings(called[2], json.loads(body or b"{}"), identity))
    answer: Response = responses.json_response({})
    return answer


def _settings(kind: str, request: Properties, identity: Properties) -> Properties:
    match kind:
        case "mail-from":
            failure = request.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE")
            domain = request.get("MailFromDomain", "")
            set_up = {"MailFromDomain": domain, "MailFromDomainStatus": "SUCCESS"} if domain else {}
            return {"MailFromAttributes": {**set_up, "BehaviorOnMxFailure": failure}}
        case "configuration-set":
            return {"ConfigurationSetName": request.get("ConfigurationSetName")}
        case "dkim":
            enabled = request.get("SigningEnabled", False)
            return {"DkimAttributes": {**identity["DkimAttributes"], "SigningEnabled": enabled}}
    return {"FeedbackForwardingStatus": request.get("EmailForwardingEnabled", False)}
