"""The sending authorization policies of an identity."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from embedded.gaps import _policies
from embedded.gaps._ministack import (
    Response,
    account,
    answer_first,
    iam_evaluator,
    responses,
    service,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "An identity has policies of its own: one that names a user lets it send without any "
        "other permission, and a denial overrules all."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html",
    ministack="It knows none of the calls, and judges by the users' policies alone.",
    effect=Effect.STRICTER,
)

LONGEST = 4096
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PATH = re.compile(r"/v2/email/identities/([^/]+)/policies(?:/([^/]+))?", re.ASCII)
Record = dict[str, Any]


def install() -> None:
    """Answer the calls of both APIs, and have ministack judge by what they set."""
    answer_first("ses", lambda *given: None if given[1].startswith("/v2/") else _first(given[2]))
    answer_first("ses_v2", _second)
    service("ses").identity_policy_for_arn = _of_arn
    for name in ("ses", "sesv2"):
        iam_evaluator._RESOURCE_POLICY_LOOKUPS[name] = ("ses", "identity_policy_for_arn")


def _of_arn(arn: str) -> tuple[str, str] | None:
    """All policies of an identity as one, with the account that owns it."""
    kept = _identity(arn) if ":identity/" in arn else None
    found = [_policies.parse(text) for text in _kept(kept).values()] if kept is not None else []
    statements = [statement for policy in found for statement in _statements(policy)]
    return (json.dumps({"Statement": statements}), account()) if statements else None


def _statements(policy: Record) -> list[Any]:
    found = policy.get("Statement", [])
    return found if isinstance(found, list) else [found]


def _identity(name: str) -> Record | None:
    bare = name.partition(":identity/")[2] or name
    stores = service("ses_v2")._identities, service("ses")._identities
    return next((store[bare] for store in stores if bare in store), None)


def _kept(identity: Record) -> dict[str, str]:
    kept: dict[str, str] = identity.setdefault("Policies", {})
    return kept


def _invalid(name: str, policy: str) -> str | None:
    """Why SES does not take a policy."""
    if not NAME.fullmatch(name):
        return "Policy name must be 1-64 alphanumeric characters, dashes and underscores."
    if len(policy.encode()) > LONGEST:
        return "Policy exceeds the maximum size of 4 KB."
    statements = _statements(_policies.parse(policy))
    named = ("Effect", "Principal", "Action")
    if not statements or not all(each.get(part) for each in statements for part in named):
        return "Policy needs statements with Effect, Principal and Action."
    return None


def _second(method: str, path: str, body: bytes) -> Response | None:
    called = _PATH.fullmatch(path)
    if not called:
        return None
    identity, name = unquote(called[1]), unquote(called[2] or "")
    record, refuse = _identity(identity), service("ses_v2")._json_err
    refusal: Response | None = None
    if record is None:
        refusal = refuse("NotFoundException", f"Email identity {identity} does not exist.", 404)
    elif method == "GET":
        return _answered({"Policies": _kept(record)})
    elif method == "DELETE":
        _kept(record).pop(name, None)
    else:
        policy = str(json.loads(body).get("Policy", ""))
        if method == "POST" and name in _kept(record):
            refusal = refuse("AlreadyExistsException", f"Policy {name} already exists.")
        elif invalid := _invalid(name, policy):
            refusal = refuse("BadRequestException", invalid)
        else:
            _kept(record)[name] = policy
    return refusal or _answered({})


def _answered(values: Record) -> Response:
    response: Response = responses.json_response(values)
    return response


def _first(body: bytes) -> Response | None:
    given = parse_qs(body.decode(errors="replace"), keep_blank_values=True)
    ses = service("ses")
    action = ses._p(given, "Action")
    if action not in CALLS:
        return None
    record = _identity(ses._p(given, "Identity"))
    if record is None:
        refusal: Response = ses._error("InvalidParameterValue", "Identity does not exist.", 400)
        return refusal
    response: Response = CALLS[action](given, _kept(record))
    return response


def _put(given: Record, kept: dict[str, str]) -> Any:
    ses = service("ses")
    name, policy = ses._p(given, "PolicyName"), ses._p(given, "Policy")
    if invalid := _invalid(name, policy):
        return ses._error("InvalidPolicy", invalid, 400)
    kept[name] = policy
    return ses._xml(200, "PutIdentityPolicyResponse", "<PutIdentityPolicyResult/>")


def _delete(given: Record, kept: dict[str, str]) -> Any:
    ses = service("ses")
    kept.pop(ses._p(given, "PolicyName"), None)
    return ses._xml(200, "DeleteIdentityPolicyResponse", "<DeleteIdentityPolicyResult/>")


def _list(given: Record, kept: dict[str, str]) -> Any:
    names = "".join(f"<member>{name}</member>" for name in kept)
    return _read("ListIdentityPolicies", f"<PolicyNames>{names}</PolicyNames>")


def _get(given: Record, kept: dict[str, str]) -> Any:
    asked = [values[0] for name, values in given.items() if name.startswith("PolicyNames.member.")]
    entries = "".join(
        f"<entry><key>{name}</key><value>{escape(kept[name])}</value></entry>"
        for name in asked
        if name in kept
    )
    return _read("GetIdentityPolicies", f"<Policies>{entries}</Policies>")


def _read(action: str, inner: str) -> Any:
    result = f"<{action}Result>{inner}</{action}Result>"
    return service("ses")._xml(200, f"{action}Response", result)


CALLS = {
    "DeleteIdentityPolicy": _delete,
    "GetIdentityPolicies": _get,
    "ListIdentityPolicies": _list,
    "PutIdentityPolicy": _put,
}
