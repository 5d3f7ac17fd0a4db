"""Identities as SES sees them: verification, DKIM, MAIL FROM, and the set that applies to them.

<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from runbook.mail.status.finding import Finding, attention
from runbook.mail.status.place import Place

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import GetEmailIdentityResponseTypeDef

TITLE = "Identities"
WINDOW = {"domain": timedelta(hours=72), "address": timedelta(hours=24)}
"""How long SES waits for a domain's records, and for an address's link to be opened."""

ERRORS: dict[str, str] = {
    "SERVICE_ERROR": "SES has a passing fault",
    "DNS_SERVER_ERROR": "the domain's name server has a fault",
    "HOST_NOT_FOUND": "the DNS has no such name",
    "TYPE_NOT_FOUND": "the DNS has the name, with a record of another type",
    "INVALID_VALUE": "the DNS has the record, with a wrong value",
    "REPLICATION_ACCESS_DENIED": "the key of another region may not be read",
    "REPLICATION_PRIMARY_NOT_FOUND": "the other region has no such identity",
    "REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED": "the other region's key is not SES's own",
    "REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED": "the other region's key is a copy itself",
    "REPLICATION_PRIMARY_INVALID_REGION": "the other region cannot be copied from",
}
"""By `VerificationInfo.ErrorType`."""

STATES: dict[str, str] = {
    "PENDING": "SES has not found the records yet",
    "FAILED": "SES gave up looking for the records, or they are gone",
    "TEMPORARY_FAILURE": "SES cannot read the records at the moment; mail still leaves for a while",
    "NOT_STARTED": "SES has not begun to look for the records",
}
"""By the status of verification, DKIM and MAIL FROM, but for `SUCCESS`."""


def findings(place: Place, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of each declared identity of a region."""
    made = {each.name: each.changed for each in (place.resources or {}).get(TYPE, ())}
    for name in (*place.items.domains, *place.items.addresses):
        client = place.sesv2
        try:
            found = client.get_email_identity(EmailIdentity=name)
        except client.exceptions.NotFoundException:
            yield attention(name, "not in SES", "Deploy the file: groundwork changes prepare")
            continue
        problems = [
            *verification(name, found, made.get(name), now),
            *dkim(name, found),
            *mail_from(name, found, _declared_mail_from(place, name)),
            *default_set(name, found, _declared_set(place, name)),
        ]
        yield from problems or [Finding(name, _summary(found))]


TYPE = "AWS::SES::EmailIdentity"


def verification(
    name: str, found: GetEmailIdentityResponseTypeDef, began: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Say whether an identity is verified, and if not, how long SES goes on waiting."""
    state = found.get("VerificationStatus", "SUCCESS")
    if found["VerifiedForSendingStatus"] and state == "SUCCESS":
        return
    kind = "address" if "@" in name else "domain"
    why = ERRORS.get(found.get("VerificationInfo", {}).get("ErrorType", ""), "")
    if kind == "address":
        text = "not verified: nobody opened AWS's link yet"
        if state == "FAILED":
            text = "not verified: AWS's link expired"
        remedy = f"groundwork mail verify {name}"
    else:
        text = f"not verified: {STATES.get(state, state)}{f' ({why})' if why else ''}"
        remedy = _domain_remedy(name, state)
    yield attention(name, text + _time_left(kind, state, began, now), remedy)


def _domain_remedy(name: str, state: str) -> str:
    check = f"Compare the records with the DNS: groundwork dns check {name}"
    if state != "FAILED":
        return check
    return f"{check}; once they are right, start again: {_restart(name)}"


def _restart(name: str) -> str:
    return (
        f"aws sesv2 put-email-identity-dkim-signing-attributes --email-identity {name} "
        "--signing-attributes-origin AWS_SES "
        "--signing-attributes NextSigningKeyLength=RSA_2048_BIT"
    )


def _time_left(kind: str, state: str, began: datetime | None, now: datetime) -> str:
    if state not in ("PENDING", "NOT_STARTED") or began is None:
        return ""
    left = began + WINDOW[kind] - now
    hours = int(left.total_seconds() // 3600)
    if hours < 0:
        return f"; the {WINDOW[kind] // timedelta(hours=1)} hours since it was deployed are over"
    return f"; about {hours} hours left" if hours else "; less than an hour left"


def dkim(name: str, found: GetEmailIdentityResponseTypeDef) -> Iterator[Finding]:
    """Say whether a domain's mail is signed, and with a key of 2048 bits."""
    if "@" in name:
        return
    known = found.get("DkimAttributes", {})
    state = known.get("Status", "NOT_STARTED")
    check = f"groundwork dns check {name}"
    if not known.get("SigningEnabled"):
        turn_on = f"aws sesv2 put-email-identity-dkim-attributes --email-identity {name}"
        yield attention(name, "DKIM is switched off", f"{turn_on} --signing-enabled")
    elif state != "SUCCESS":
        yield attention(name, f"DKIM: {STATES.get(state, state)}", check)
    elif known.get("CurrentSigningKeyLength") == "RSA_1024_BIT":
        yield attention(name, "DKIM signs with 1024 bits, not 2048", _restart(name))


def mail_from(
    name: str, found: GetEmailIdentityResponseTypeDef, declared: str | None
) -> Iterator[Finding]:
    """Say whether the MAIL FROM domain is the declared one, and whether SES uses it."""
    known = found.get("MailFromAttributes", {})
    domain = known.get("MailFromDomain", "")
    if domain != (declared or ""):
        yield attention(
            name,
            f"MAIL FROM is {domain or 'not set'}, and {declared or 'not set'} in the file",
            "Deploy the file, or change mail_from in it.",
        )
        return
    state = known.get("MailFromDomainStatus", "SUCCESS")
    if domain and state != "SUCCESS":
        refuses = known.get("BehaviorOnMxFailure") == "REJECT_MESSAGE"
        until = (
            "SES refuses its mail until then" if refuses else "SES uses amazonses.com until then"
        )
        yield attention(
            name,
            f"MAIL FROM {domain}: {STATES.get(state, state)}; {until}",
            f"groundwork dns check {name}",
        )


def default_set(
    name: str, found: GetEmailIdentityResponseTypeDef, declared: str | None
) -> Iterator[Finding]:
    """Say whether another configuration set applies to an identity than the declared one."""
    deployed = found.get("ConfigurationSetName", "")
    if deployed != (declared or ""):
        yield attention(
            name,
            f"its configuration set is {deployed or 'none'}, and {declared or 'none'} in the file",
            "Deploy the file, or change configuration_set in it.",
        )


def _declared_mail_from(place: Place, name: str) -> str | None:
    domain = place.items.domains.get(name)
    return domain.declared.mail_from_domain(name, place.region) if domain else None


def _declared_set(place: Place, name: str) -> str | None:
    item = place.items.domains.get(name) or place.items.addresses[name]
    return item.declared.configuration_set


def _summary(found: GetEmailIdentityResponseTypeDef) -> str:
    domain = found.get("MailFromAttributes", {}).get("MailFromDomain", "")
    signed = found.get("DkimAttributes", {}).get("SigningEnabled", False)
    parts = ["verified", "signed with DKIM" if signed else "", f"MAIL FROM {domain}" * bool(domain)]
    return ", ".join(filter(None, parts))
