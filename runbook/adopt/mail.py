"""Identities with their feedback, and what the account allows and suppresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from runbook.adopt import receiving, topics
from runbook.adopt.account import Account
from runbook.adopt.arns import arn_of, named
from runbook.adopt.item import Item, Live, Remark, without_defaults
from settings.models.identities import Address, Domain
from settings.models.mail import Mail
from settings.models.topics import feedback_topic

IDENTITY = "AWS::SES::EmailIdentity"
DIFFERENT_TAGS = (
    "they differ, and the file has one list for the buckets of all regions: each gets the others', "
    "and of a key that several have, the value in {}"
)


def items(account: Account) -> Iterator[Item]:
    """Yield every identity."""
    for live in account.each(IDENTITY):
        yield (_address if "@" in live.identifier else _domain)(account, live)


def account_settings(accounts: Sequence[Account]) -> Iterator[Item]:
    """Yield what SES allows the account in the first region, and what the account suppresses."""
    account = accounts[0]
    tags, remarks = _received_tags(accounts)
    found = account.client("sesv2").get_account()
    suppression = sorted(reason.lower() for reason in account.suppressed())
    quota = found.get("SendQuota", {})
    declared = without_defaults(
        Mail,
        {
            "suppression": suppression,
            "received_tags": tags,
            "quota": {
                "daily": int(quota.get("Max24HourSend", 200)),
                "per_second": int(quota.get("MaxSendRate", 1)),
            },
        },
    )
    if declared.get("quota") == {"daily": 200, "per_second": 1}:
        del declared["quota"]
    yield Item(("mail",), account.region, declared, remarks=remarks)


def _received_tags(accounts: Sequence[Account]) -> tuple[dict[str, str], tuple[Remark, ...]]:
    """Return the tags of received mail, which the file has once for the buckets of all regions.

    It has a bucket where a domain receives: in the first of the domain's regions.
    """
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for account in accounts:
        identities = {live.identifier for live in account.each(IDENTITY)}
        if (identities - seen) & receiving.recipients(account):
            found[account.region] = receiving.tags(account)
        seen |= identities
    tags = {key: value for own in reversed(found.values()) for key, value in own.items()}
    subject = f"tags of received mail in {', '.join(found)}"
    differs = any(own != tags for own in found.values())
    return tags, (Remark(subject, DIFFERENT_TAGS.format(*found)),) if differs else ()


def sandboxed(account: Account, items: Collection[Item]) -> Iterator[Remark]:
    """Say that SES sends to verified addresses alone, where something for mail is adopted."""
    concerned = any(i.area == "mail" and i.resources and account.region in i.regions for i in items)
    if concerned and not account.client("sesv2").get_account().get("ProductionAccessEnabled"):
        reason = "the account is in the sandbox: set mail.production_access to request leaving it"
        yield Remark(f"SES in {account.region} (account {account.number})", reason)


def _domain(account: Account, live: Live) -> Item:
    name, said = live.identifier, live.properties
    mail_from = said.get("MailFromAttributes", {})
    subject = named(account, live)
    label, remarks = _mail_from_label(live, mail_from.get("MailFromDomain"), subject)
    length = said.get("DkimSigningAttributes", {}).get("NextSigningKeyLength")
    if length == "RSA_1024_BIT":
        remarks += (Remark(subject, "DKIM has 1024 bits; Groundwork asks for 2048"),)
    topic, told, more = _feedback(account, live)
    failure = "reject" if mail_from.get("BehaviorOnMxFailure") == "REJECT_MESSAGE" else None
    declared = {
        "regions": [account.region],
        "mail_from": label,
        "mail_from_failure": failure,
        "configuration_set": said.get("ConfigurationSetAttributes", {}).get("ConfigurationSetName"),
        "receives_mail": name in receiving.recipients(account) or None,
        "notify": told,
    }
    return Item(
        ("mail", "domains", name),
        account.region,
        _regional(without_defaults(Domain, declared), account),
        (live, *topic),
        (*remarks, *more, *_policies(account, live)),
        arn_of(account, live),
    )


def _regional(declared: Mapping[str, Any], account: Account) -> dict[str, Any]:
    return {"regions": [account.region], **declared}


def _mail_from_label(
    domain: Live, mail_from: str | None, subject: str
) -> tuple[str | None, tuple[Remark, ...]]:
    if not mail_from:
        return None, ()
    label = mail_from.removesuffix(f".{domain.identifier}")
    if label == mail_from or "." in label:
        reason = f"its MAIL FROM domain {mail_from} is not one label below it"
        return None, (Remark(subject, reason),)
    return label, ()


def _address(account: Account, live: Live) -> Item:
    topic, told, remarks = _feedback(account, live)
    default = live.properties.get("ConfigurationSetAttributes", {}).get("ConfigurationSetName")
    declared = {"notify": told, "configuration_set": default}
    return Item(
        ("mail", "addresses", live.identifier),
        account.region,
        _regional(without_defaults(Address, declared), account),
        (live, *topic),
        (*remarks, *_policies(account, live)),
        arn_of(account, live),
    )


def _policies(account: Account, live: Live) -> Iterator[Remark]:
    """Name the policies by which others may send as an identity."""
    found = account.client("ses").list_identity_policies(Identity=live.identifier)
    for name in found["PolicyNames"]:
        subject = f"policy {name} of {named(account, live)}"
        yield Remark(subject, "who may send as it besides: the file cannot say it, and it stays")


def _told_of_deliveries(subject: str, topic: str | None) -> tuple[Remark, ...]:
    reason = f"its deliveries go to {topic}: the file cannot say it, and it stays so"
    return (Remark(subject, reason),) if topic else ()


def _feedback(
    account: Account, live: Live
) -> tuple[tuple[Live, ...], list[str] | None, tuple[Remark, ...]]:
    """Return the topic of an identity's bounces and complaints, and who is subscribed to it."""
    identity, subject = live.identifier, named(account, live)
    answer = account.client("ses").get_identity_notification_attributes(Identities=[identity])
    found = answer["NotificationAttributes"].get(identity, {})
    arns = {found[f"{kind}Topic"] for kind in ("Bounce", "Complaint") if found.get(f"{kind}Topic")}
    remarks = _told_of_deliveries(subject, found.get("DeliveryTopic"))
    if not arns:
        return (), None, remarks
    name = feedback_topic(identity)
    arn = next((one for one in sorted(arns) if one.rpartition(":")[2] == name), min(arns))
    told = sorted({address for one in arns for address in topics.subscribers(account, one)})
    if len(arns) > 1:
        remarks += (Remark(subject, f"its bounces and complaints go to two topics: {name} stays"),)
    if not all(
        found.get(f"HeadersIn{kind}NotificationsEnabled") for kind in ("Bounce", "Complaint")
    ):
        remarks += (Remark(subject, "its feedback has no headers; Groundwork includes them"),)
    if arn.rpartition(":")[2] != name:
        reason = f"feedback of {identity} goes there; Groundwork makes the topic {name}"
        return (), told, (*remarks, Remark(arn, reason))
    return tuple(topics.topic(account, arn)), told, remarks + topics.unconfirmed(account, arn)
