"""Easy DKIM of a domain: tokens, key length, and the three CNAME records as attributes.

The attributes are how a template outputs or creates these records.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import Created, Properties, extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A domain has Easy DKIM unless it brings its own key; its records are attributes of "
        "the identity."
    ),
    page="https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html",
    ministack="`AWS::SES::EmailIdentity` has no such attributes, tokens or key length.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SES::EmailIdentity"
# AWS's own default. What DKIM signs with it is not checked here, but it is read back.
KEY_LENGTH = "RSA_2048_BIT"


def install() -> None:
    """Complete the identity after ministack's own handlers have written it."""
    extend(TYPE, _complete)


def _complete(created: Created, properties: Properties) -> Created:
    identity, attributes = created
    if "@" in identity or "DomainSigningSelector" in properties.get("DkimSigningAttributes", {}):
        return created
    tokens: list[str] = service("ses")._dkim_tokens(identity)
    _enable_easy_dkim(identity, properties, tokens)
    records = dict(attributes)
    for number, token in enumerate(tokens, 1):
        records[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
        records[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return identity, records


def _enable_easy_dkim(identity: str, properties: Properties, tokens: list[str]) -> None:
    enabled = properties.get("DkimAttributes", {}).get("SigningEnabled", True)
    length = properties.get("DkimSigningAttributes", {}).get("NextSigningKeyLength", KEY_LENGTH)
    first: dict[str, Any] = service("ses")._identities[identity]
    first.update(DkimEnabled=enabled, DkimTokens=tokens, DkimVerificationStatus="Success")
    service("ses_v2")._identities[identity]["DkimAttributes"] = {
        "SigningEnabled": enabled,
        "Status": "SUCCESS",
        "Tokens": tokens,
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": length,
        "CurrentSigningKeyLength": length,
    }
