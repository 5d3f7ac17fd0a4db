"""The public key behind a DKIM record, which SES publishes and changes by itself."""

from __future__ import annotations

from runbook.dns.answers import Answer


def describe(answer: Answer) -> str:
    """Say what key a DKIM name leads to, given its TXT.

    SES gives three records to every identity and signs with one key at a time, so that a record
    whose key is not there yet is no fault of the zone.
    <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html>
    """
    if answer.failure:
        return f"The key behind it is not known: the resolver {answer.failure}."
    keys = [value for value in answer.values if "p=" in value.replace(" ", "")]
    if not keys:
        return "There is no key behind it at present: SES publishes one when it signs with it."
    return _key(keys[0])


def _key(value: str) -> str:
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        if not parse_tag_value(value.encode()).get(b"p"):
            return "The key behind it is revoked."
        _, bits, kind, _ = dkim.evaluate_pk("", value.encode())
    except (dkim.DKIMException, InvalidTagValueList, ValueError) as error:
        return f"The key behind it cannot be read: {error}."
    return f"The key behind it: {kind.decode().upper()} with {bits} bits."
