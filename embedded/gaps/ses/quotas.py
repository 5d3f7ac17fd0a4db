"""The sandbox, in which every account begins, and what an account may send."""

from __future__ import annotations

import json
from typing import Any

from embedded.gaps._ministack import Response, answer_first, responses, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._quota import PRODUCTION, SANDBOX, Allowance, Sent
from embedded.gaps.ses._send import Send, before_sending

GAP = Gap(
    aws=(
        "An account begins in the sandbox, in each region. It sends to 200 recipients in 24 hours "
        "and one message a second there, and is throttled beyond."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/quotas.html",
    ministack="An account begins outside of the sandbox, and nothing is throttled.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Begin in the sandbox, count what is sent, and show the quotas."""
    counts: Any = responses.AccountRegionScopedDict()
    service("ses")._production_access_enabled = _has_left_the_sandbox

    def check(send: Send) -> Response | None:
        sent = counts.setdefault("sent", Sent())
        throttled = sent.refusal(len(send.recipients), _allowance())
        return send.refuse("Throttling", throttled) if throttled else None

    def complete(method: str, path: str, response: Response) -> Response:
        status, headers, body = response
        if (method, path.rstrip("/"), status) != ("GET", "/v2/email/account", 200):
            return response
        shown = json.loads(body) | _shown(counts.get("sent", Sent()))
        return status, headers, json.dumps(shown).encode()

    before_sending(check)
    answer_first("ses_v2", lambda *_: None, complete)
    service("ses")._get_send_quota = lambda params: _quota(counts.get("sent", Sent()))


def _has_left_the_sandbox() -> bool:
    account = service("ses")._account_details.get("account") or {}
    return bool(account.get("ProductionAccessEnabled", False))


def _allowance() -> Allowance:
    return PRODUCTION if _has_left_the_sandbox() else SANDBOX


def _shown(sent: Sent) -> dict[str, Any]:
    allowance = _allowance()
    return {
        "ProductionAccessEnabled": _has_left_the_sandbox(),
        "SendQuota": {
            "Max24HourSend": float(allowance.daily),
            "MaxSendRate": float(allowance.per_second),
            "SentLast24Hours": float(sent.last_day()),
        },
    }


def _quota(sent: Sent) -> Response:
    values = _shown(sent)["SendQuota"].items()
    shown = "".join(f"<{name}>{value}</{name}>" for name, value in values)
    response: Response = service("ses")._xml(
        200, "GetSendQuotaResponse", f"<GetSendQuotaResult>{shown}</GetSendQuotaResult>"
    )
    return response
