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
    ministack=(
        "`AWS::SES::EmailIdentity` has no such attributes, tokens or key length, and a domain of "
        "the API signs nothing."
    ),
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SES::EmailIdentity"
# AWS's own default. What DKIM signs with it is not checked here, but it is read back.
KEY_LENGTH = "RSA_2048_BIT"


def install() -> None:
    """Complete the identity after ministack's own handlers, or its API, have written it."""
    extend(TYPE, _complete)
    ses: Any = service("ses_v2")
    make = ses._easy_dkim_attributes

    def easy_dkim_attributes(identity: str, kind: str, signing: Properties) -> Properties:
        made: Properties = make(identity, kind, signing)
        if not made["Tokens"]:
            return made
        first: Any = service("ses")
        first._identities.setdefault(identity, first._make_identity(identity, "Domain"))
        return _easy_dkim(identity, signing, enabled=True)

    ses._easy_dkim_attributes = easy_dkim_attributes


def _complete(created: Created, properties: Properties) -> Created:
    identity, attributes = created
    signing = properties.get("DkimSigningAttributes", {})
    if "@" in identity or "DomainSigningSelector" in signing:
        return created
    enabled = properties.get("DkimAttributes", {}).get("SigningEnabled", True)
    found = _easy_dkim(identity, signing, enabled=enabled)
    service("ses_v2")._identities[identity]["DkimAttributes"] = found
    records = dict(attributes)
    for number, token in enumerate(found["Tokens"], 1):
        records[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
        records[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return identity, records


def _easy_dkim(identity: str, signing: Properties, *, enabled: bool) -> Properties:
    """Enable it in the first API, and return it as the second one answers with it."""
    tokens: list[str] = service("ses")._dkim_tokens(identity)
    first: dict[str, Any] = service("ses")._identities[identity]
    first.update(DkimEnabled=enabled, DkimTokens=tokens, DkimVerificationStatus="Success")
    length = signing.get("NextSigningKeyLength", KEY_LENGTH)
    return {
        "SigningEnabled": enabled,
        "Status": "SUCCESS",
        "Tokens": tokens,
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": length,
        "CurrentSigningKeyLength": length,
    }
