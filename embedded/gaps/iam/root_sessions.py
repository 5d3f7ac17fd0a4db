"""Who commands are here, and the roles that the root user may not assume.

An account's number is the access key of its user `administrator`: no policy but a secret's own
limits it, and it is in none of IAM's lists. ministack takes that key for the root user's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from embedded.gaps._ministack import Response, iam_evaluator, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="The root user may assume no role.",
    page="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    ministack="It may assume every role that trusts the account.",
    effect=Effect.STRICTER,
)

NAME = "administrator"
WORDS = "Roles may not be assumed by root accounts."
ACCOUNT = re.compile(r"\d{12}")
ASKED = re.compile(rb"(^|&)Action=AssumeRole(&|$)")


def install() -> None:
    """Name the administrator in place of root, and refuse whoever is root all the same."""
    sts = service("sts")
    resolve, handle = iam_evaluator.resolve_credential, sts.handle_request

    def resolve_credential(key: str, *where: Any, **more: Any) -> Any:
        found = resolve(key, *where, **more)
        if ACCOUNT.fullmatch(key or "") and isinstance(found, iam_evaluator.ResolvedCredential):
            arn = f"arn:aws:iam::{found.account_id}:user/{NAME}"
            return replace(found, principal_arn=arn, principal_name=NAME)
        return found

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Response:
        key = sts.extract_access_key_id(headers, query)
        is_root = iam_evaluator.is_root_access_key(key) and not ACCOUNT.fullmatch(key or "")
        if is_root and ASKED.search(body or b""):
            refused: Response = sts._error(403, "AccessDenied", WORDS, ns="sts")
            return refused
        answer: Response = await handle(method, path, headers, body, query)
        return answer

    for module in (iam_evaluator, sts, service("s3")):
        module.resolve_credential = resolve_credential
    sts.handle_request = handle_request
