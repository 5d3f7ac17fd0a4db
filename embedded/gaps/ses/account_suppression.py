"""The account-level suppression list."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import unquote

from embedded.gaps._ministack import Properties, Response, answer_first, responses, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="The setting is read back; single addresses are put, looked up and removed.",
    page="https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html",
    ministack="It forgets the setting, and lacks the calls for addresses.",
    effect=Effect.CAPABLE,
)

PREFIX = "/v2/email"
SETTING = "/account/suppression"
ADDRESSES = "/suppression/addresses"
# What a new account has: https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
DEFAULT = ["BOUNCE", "COMPLAINT"]


class SuppressionList:
    """One list and one setting for each account and region."""

    def __init__(self) -> None:
        self.reasons: Any = responses.AccountRegionScopedDict()
        self.addresses: Any = responses.AccountRegionScopedDict()

    def answer(self, method: str, path: str, request: Properties) -> Response | None:
        """The answer to a call about suppression, None for any other call."""
        if path == SETTING and method == "PUT":
            self.reasons["reasons"] = request.get("SuppressedReasons", [])
            return _ok({})
        if path == ADDRESSES and method == "PUT":
            self._put(request)
            return _ok({})
        if path == ADDRESSES and method == "GET":
            return _ok({"SuppressedDestinationSummaries": list(self.addresses.values())})
        if path.startswith(f"{ADDRESSES}/"):
            return self._one(method, unquote(path.removeprefix(f"{ADDRESSES}/")).lower())
        return None

    def _put(self, request: Properties) -> None:
        address = request["EmailAddress"].lower()
        self.addresses[address] = {
            "EmailAddress": address,
            "Reason": request["Reason"],
            "LastUpdateTime": int(time.time()),
        }

    def _one(self, method: str, address: str) -> Response:
        if address not in self.addresses:
            message = f"Email address {address} does not exist on your suppression list."
            refusal: Response = service("ses_v2")._json_err("NotFoundException", message, 404)
            return refusal
        if method == "DELETE":
            del self.addresses[address]
            return _ok({})
        return _ok({"SuppressedDestination": self.addresses[address]})


def reasons() -> list[str]:
    """Why an address comes onto the account's list, in the region being served."""
    found: list[str] = LIST.reasons.get("reasons", DEFAULT)
    return found


def is_suppressed(address: str, reasons: list[str]) -> bool:
    """Whether an address is on the list for one of these reasons: SES then sends nothing to it."""
    entry = LIST.addresses.get(address.lower())
    return entry is not None and entry["Reason"] in reasons


LIST = SuppressionList()


def install() -> None:
    """Answer the calls about suppression; let the account's own call show the setting."""

    def answer(method: str, path: str, body: bytes) -> Response | None:
        return LIST.answer(method, path.rstrip("/").removeprefix(PREFIX), _json(body))

    def complete(method: str, path: str, response: Response) -> Response:
        status, headers, body = response
        if (method, path.rstrip("/"), status) != ("GET", f"{PREFIX}/account", 200):
            return response
        return status, headers, _with_reasons(body, reasons())

    answer_first("ses_v2", answer, complete)


def _with_reasons(body: bytes, reasons: list[str]) -> bytes:
    account = json.loads(body)
    account["SuppressionAttributes"] = {"SuppressedReasons": reasons}
    return json.dumps(account).encode()


def _json(body: bytes) -> Properties:
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}


def _ok(answer: Properties) -> Response:
    response: Response = responses.json_response(answer)
    return response
