"""Regions that have no SES."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3

from embedded.gaps._ministack import (
    Response,
    answer_first,
    changesets,
    handlers,
    region,
    responses,
)
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "Some regions have no SES: no endpoint answers there, and CloudFormation does not know its "
        "types."
    ),
    page="https://docs.aws.amazon.com/general/latest/gr/ses.html",
    ministack="SES is everywhere.",
    effect=Effect.STRICTER,
)


def install() -> None:
    """Refuse calls and templates there."""
    for name in ("ses", "ses_v2"):
        answer_first(name, _refuse)
    for module in (changesets, handlers):
        module.validate_template_support = _knowing(module.validate_template_support)


@cache
def _served() -> frozenset[str]:
    return frozenset(boto3.Session().get_available_regions("ses"))


def _is_missing() -> bool:
    return region() not in _served()


def _refuse(method: str, path: str, body: bytes) -> Response | None:
    """Answer as no endpoint of AWS does, since one endpoint stands for all of them here."""
    if not _is_missing():
        return None
    message = f"There is no endpoint of Amazon SES in {region()}"
    if path.startswith("/v2/"):
        refusal: Response = responses.error_response_json("UnknownEndpoint", message, 404)
        return refusal
    error = f"<Error><Code>UnknownEndpoint</Code><Message>{message}</Message></Error>"
    text = f"<ErrorResponse>{error}</ErrorResponse>"
    return 404, {"Content-Type": "text/xml"}, text.encode()


def _knowing(validate: Any) -> Any:
    def validate_template_support(template: dict[str, Any], *given: Any, **options: Any) -> None:
        types = {resource.get("Type", "") for resource in template.get("Resources", {}).values()}
        unknown = sorted(name for name in types if name.startswith("AWS::SES::"))
        if unknown and _is_missing():
            raise ValueError(
                f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
            )
        validate(template, *given, **options)

    return validate_template_support
