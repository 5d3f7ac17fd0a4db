"""Identities that nobody has verified yet, and those for which it is too late.

Their domain ends in `.invalid`; every other identity is verified as soon as it is there.
"""

from __future__ import annotations

import json
import time
from typing import Any

from embedded.gaps._ministack import Properties, Response, answer_first, service
from embedded.gaps.gap import Effect, Gap
from embedded.gaps.ses._verification import state

GAP = Gap(
    aws=(
        "An identity is pending until its link is opened or its records are found; after 24 hours "
        "(an address) or 72 (a domain) it has failed until it is asked for again. Here, identities "
        "below `.invalid` are never verified."
    ),
    page=(
        "https://docs.aws.amazon.com/ses/latest/APIReference/"
        "API_GetIdentityVerificationAttributes.html"
    ),
    ministack="Every identity is verified at once, and stays so.",
    effect=Effect.STRICTER,
)
IDENTITIES = ("/v2/email/identities", "/v2/email/list-identities")


def install() -> None:
    """Note when an identity was asked for, and let each call see what became of it since."""
    ses = service("ses")
    make = ses._make_identity
    ses._make_identity = lambda *given: {**make(*given), "AskedFor": time.time()}
    answer_first("ses", _refresh)
    answer_first("ses_v2", _refresh, _shown)


def _refresh(method: str, path: str, body: bytes) -> None:
    second = service("ses_v2")._identities
    for name, identity in service("ses")._identities.items():
        found = state(name, time.time() - identity.get("AskedFor", 0))
        identity["VerificationStatus"] = found
        if name in second:
            second[name].update(_in_second_api(found, second[name]))


def _in_second_api(found: str, identity: Properties) -> Properties:
    seen: Properties = {
        "VerificationStatus": found.upper(),
        "VerifiedForSendingStatus": found == "Success",
    }
    if found != "Success":
        seen["DkimAttributes"] = {**identity.get("DkimAttributes", {}), "Status": found.upper()}
    return seen


def _shown(method: str, path: str, response: Response) -> Response:
    """What a creation and a list answer, which ministack writes without a look at the record."""
    status, headers, body = response
    if not path.startswith(IDENTITIES) or status >= 300:
        return response
    _refresh(method, path, b"")
    records = service("ses_v2")._identities
    answer: Properties = json.loads(body)
    for item in answer.get("EmailIdentities", []):
        found: Any = records.get(item["IdentityName"], {})
        item["VerificationStatus"] = found.get("VerificationStatus", "SUCCESS")
        item["SendingEnabled"] = found.get("VerifiedForSendingStatus", True)
    return status, headers, json.dumps(answer).encode()
