"""`AWS::SES::EmailIdentity` has no DKIM records as attributes, and no DKIM tokens or key length.

On AWS a domain has Easy DKIM unless it brings its own key: three tokens, and the names and values
of the three CNAME records as attributes, which is how a template outputs or creates those records.
"""

from __future__ import annotations

from typing import Any

from embedded.gaps._ministack import HANDLERS, Created, Properties, service

TYPE = "AWS::SES::EmailIdentity"
# AWS's own default. What DKIM signs with it is not checked here, but it is read back.
KEY_LENGTH = "RSA_2048_BIT"


def install() -> None:
    """Complete the identity after ministack's own handlers have written it."""
    pristine = dict(HANDLERS[TYPE])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        identity, attributes = pristine["create"](logical_id, properties, stack)
        return identity, attributes | _complete(identity, properties)

    def update(name: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Created:
        identity, attributes = pristine["update"](name, old, new, stack, logical_id)
        return identity, attributes | _complete(identity, new)

    HANDLERS[TYPE] = {**pristine, "create": create, "update": update}


def _complete(identity: str, properties: Properties) -> dict[str, str]:
    if "@" in identity or "DomainSigningSelector" in properties.get("DkimSigningAttributes", {}):
        return {}
    tokens: list[str] = service("ses")._dkim_tokens(identity)
    _enable_easy_dkim(identity, properties, tokens)
    records = {}
    for number, token in enumerate(tokens, 1):
        records[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{identity}"
        records[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return records


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
