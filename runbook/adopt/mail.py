"""Identities, topics, configuration sets and receiving, as an account has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runbook.adopt.account import Account
from runbook.adopt.item import Item, Live, Remark, without_defaults
from settings.models.identities import Address, Domain
from settings.models.mail import ConfigurationSet, Mail
from settings.models.topics import feedback_topic

EVENTS = {
    "reject": "reject",
    "deliveryDelay": "delivery-delay",
    "renderingFailure": "rendering-failure",
    "send": "send",
    "delivery": "delivery",
    "bounce": "bounce",
    "complaint": "complaint",
    "open": "open",
    "click": "click",
    "subscription": "subscription",
}
"""CloudFormation's words for events, and the file's."""


def items(account: Account) -> Iterator[Item]:
    """Yield every identity and configuration set, and what receives mail."""
    for live in account.each("AWS::SES::EmailIdentity"):
        yield (_address if "@" in live.identifier else _domain)(account, live)
    for live in account.each("AWS::SES::ConfigurationSet"):
        yield _configuration_set(account, live)
    yield from _receiving(account)


def account_settings(account: Account) -> Iterator[Item]:
    """Yield what SES allows the account in a region, and what the account suppresses."""
    found = account.client("sesv2").get_account()
    suppression = sorted(reason.lower() for reason in account.suppressed())
    quota = found.get("SendQuota", {})
    declared = without_defaults(
        Mail,
        {
            "suppression": suppression,
            "quota": {
                "daily": int(quota.get("Max24HourSend", 200)),
                "per_second": int(quota.get("MaxSendRate", 1)),
            },
        },
    )
    if declared.get("quota") == {"daily": 200, "per_second": 1}:
        del declared["quota"]
    sandbox = Remark(
        f"SES in {account.region}",
        "the account is in the sandbox: set mail.production_access to request leaving it",
    )
    remarks = () if found.get("ProductionAccessEnabled") else (sandbox,)
    yield Item(("mail",), account.region, declared, remarks=remarks)


def _domain(account: Account, live: Live) -> Item:
    name, said = live.identifier, live.properties
    mail_from = said.get("MailFromAttributes", {})
    label, remarks = _mail_from_label(name, mail_from.get("MailFromDomain"))
    length = said.get("DkimSigningAttributes", {}).get("NextSigningKeyLength")
    if length == "RSA_1024_BIT":
        remarks += (Remark(name, "DKIM has 1024 bits; Groundwork asks for 2048"),)
    topic, told, more = _feedback(account, name)
    failure = "reject" if mail_from.get("BehaviorOnMxFailure") == "REJECT_MESSAGE" else None
    declared = {
        "regions": [account.region],
        "mail_from": label,
        "mail_from_failure": failure,
        "configuration_set": said.get("ConfigurationSetAttributes", {}).get("ConfigurationSetName"),
        "receives_mail": name in _recipients(account) or None,
        "notify": told,
    }
    return Item(
        ("mail", "domains", name),
        account.region,
        _regional(without_defaults(Domain, declared), account),
        (live, *topic),
        remarks + more,
    )


def _regional(declared: Mapping[str, Any], account: Account) -> dict[str, Any]:
    return {"regions": [account.region], **declared}


def _mail_from_label(domain: str, mail_from: str | None) -> tuple[str | None, tuple[Remark, ...]]:
    if not mail_from:
        return None, ()
    label = mail_from.removesuffix(f".{domain}")
    if label == mail_from or "." in label:
        reason = f"its MAIL FROM domain {mail_from} is not one label below it"
        return None, (Remark(domain, reason),)
    return label, ()


def _address(account: Account, live: Live) -> Item:
    topic, told, remarks = _feedback(account, live.identifier)
    default = live.properties.get("ConfigurationSetAttributes", {}).get("ConfigurationSetName")
    declared = {"notify": told, "configuration_set": default}
    return Item(
        ("mail", "addresses", live.identifier),
        account.region,
        _regional(without_defaults(Address, declared), account),
        (live, *topic),
        remarks,
    )


def _feedback(
    account: Account, identity: str
) -> tuple[tuple[Live, ...], list[str] | None, tuple[Remark, ...]]:
    """Return the topic of an identity's bounces and complaints, and who is subscribed to it."""
    answer = account.client("ses").get_identity_notification_attributes(Identities=[identity])
    found = answer["NotificationAttributes"].get(identity, {})
    arns = {found[f"{kind}Topic"] for kind in ("Bounce", "Complaint") if found.get(f"{kind}Topic")}
    if not arns:
        return (), None, ()
    name = feedback_topic(identity)
    arn = next((one for one in sorted(arns) if one.rpartition(":")[2] == name), min(arns))
    told = sorted({address for one in arns for address in subscribers(account, one)})
    remarks: tuple[Remark, ...] = ()
    if len(arns) > 1:
        remarks += (Remark(identity, f"its bounces and complaints go to two topics: {name} stays"),)
    if not all(
        found.get(f"HeadersIn{kind}NotificationsEnabled") for kind in ("Bounce", "Complaint")
    ):
        remarks += (Remark(identity, "its feedback has no headers; Groundwork includes them"),)
    if arn.rpartition(":")[2] != name:
        reason = f"feedback of {identity} goes there; Groundwork makes the topic {name}"
        return (), told, (*remarks, Remark(arn, reason))
    return tuple(topic(account, arn)), told, remarks + unconfirmed(account, arn)


def topic(account: Account, arn: str) -> Iterator[Live]:
    """Yield a topic whose name is ours, and its confirmed subscriptions by e-mail."""
    within = f"topics/{arn.rpartition(':')[2]}"
    found = account.named("AWS::SNS::Topic", arn, within)
    if found:
        yield found
    yield from account.below("AWS::SNS::Subscription", within, TopicArn=arn, Protocol="email")


def subscribers(account: Account, arn: str) -> list[str]:
    """Return the addresses subscribed to a topic, those that have not confirmed among them."""
    found = account.subscriptions(arn)
    return sorted({item["Endpoint"] for item in found if item["Protocol"] == "email"})


def unconfirmed(account: Account, arn: str) -> tuple[Remark, ...]:
    """Name subscriptions that the file cannot have: of other protocols, or not confirmed."""
    remarks = []
    for item in account.subscriptions(arn):
        who = f"{item['Endpoint']} ({item['Protocol']}) at {arn}"
        if item["Protocol"] != "email":
            remarks.append(Remark(who, "Groundwork subscribes e-mail addresses only: it stays"))
        elif not item["SubscriptionArn"].startswith("arn:"):
            remarks.append(Remark(who, "the subscription is not confirmed: it is made again"))
    return tuple(remarks)


def _configuration_set(account: Account, live: Live) -> Item:
    name, said = live.identifier, live.properties
    destinations = [*account.below("AWS::SES::ConfigurationSetEventDestination", "")]
    ours = [item for item in destinations if item.properties["ConfigurationSetName"] == name]
    told = [item for item in ours if _sns(item)]
    # A sender's bounces have a destination of their own in the set, once it is deployed.
    named = [item for item in told if item.identifier.endswith("|events")]
    events = next(iter((*named, *told)), None)
    declared, resources, remarks = _events(account, name, events) if events else ({}, (), ())
    remarks += tuple(
        Remark(item.identifier, "an event destination that the file cannot say: it stays as it is")
        for item in ours
        if item is not events
    )
    reasons = said.get("SuppressionOptions", {}).get("SuppressedReasons")
    declared |= {
        "suppression": None if reasons is None else sorted(r.lower() for r in reasons),
        "require_tls": said.get("DeliveryOptions", {}).get("TlsPolicy") == "REQUIRE",
    }
    return Item(
        ("mail", "configuration_sets", name),
        account.region,
        _regional(without_defaults(ConfigurationSet, declared), account),
        (live, *resources),
        remarks,
    )


def _sns(destination: Live) -> str | None:
    arn = destination.properties["EventDestination"].get("SnsDestination", {}).get("TopicARN")
    return str(arn) if arn else None


def _events(
    account: Account, name: str, destination: Live
) -> tuple[dict[str, Any], tuple[Live, ...], tuple[Remark, ...]]:
    """Return what the file says of the destination that tells people of events."""
    said, arn = destination.properties["EventDestination"], _sns(destination) or ""
    events = [word for kind, word in EVENTS.items() if kind in said["MatchingEventTypes"]]
    declared: dict[str, Any] = {"events": events}
    short = arn.rpartition(":")[2]
    addresses = [item.identifier for item in account.each("AWS::SES::EmailIdentity")]
    address = next((a for a in addresses if "@" in a and feedback_topic(a) == short), None)
    resources: tuple[Live, ...] = ()
    remarks: tuple[Remark, ...] = ()
    if address:
        declared["topic"] = address
    elif short == f"{name}-events":
        resources += tuple(topic(account, arn))
        declared["notify"] = subscribers(account, arn)
    else:
        declared["notify"] = subscribers(account, arn)
        remarks += (Remark(arn, f"events of {name} go there; Groundwork makes {name}-events"),)
    if destination.identifier.rpartition("|")[2] == "events":
        return declared, (*resources, destination._replace(within="")), remarks
    remark = Remark(
        destination.identifier,
        "Groundwork makes the event destination `events`: remove this one when that is deployed, "
        "or events arrive twice",
    )
    return declared, resources, (*remarks, remark)


def _active_rules(account: Account) -> dict[str, Any]:
    found: dict[str, Any] = account.client("ses").describe_active_receipt_rule_set()
    return found


def _recipients(account: Account) -> set[str]:
    """Return the domains whose mail SES receives and puts into a bucket."""
    return {
        recipient.rpartition("@")[2]
        for rule in _active_rules(account).get("Rules", ())
        if any("S3Action" in action for action in rule["Actions"])
        for recipient in rule.get("Recipients", ())
    }


def _receiving(account: Account) -> Iterator[Item]:
    """Yield what receives mail: it belongs to the domains that say so, and to none of them."""
    found = _active_rules(account)
    name = found.get("Metadata", {}).get("Name")
    if not name:
        return
    resources = [*account.below("AWS::SES::ReceiptRuleSet", "receiving", RuleSetName=name)]
    buckets, remarks = set(), []
    for rule in found["Rules"]:
        actions = [action["S3Action"] for action in rule["Actions"] if "S3Action" in action]
        if len(actions) != 1 or len(rule["Actions"]) != 1 or len(rule.get("Recipients", ())) != 1:
            arn = account.arn("ses", f"receipt-rule-set/{name}:receipt-rule/{rule['Name']}")
            remarks.append(Remark(f"{rule['Name']} ({arn})", "a rule that the file cannot say"))
            continue
        buckets.add(actions[0]["BucketName"])
        live = account.named("AWS::SES::ReceiptRule", f"{name}|{rule['Name']}", "receiving")
        resources += [live] if live else []
    if len(buckets) == 1:
        bucket = buckets.pop()
        for kind in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
            live = account.named(kind, bucket, "receiving")
            resources += [live] if live else []
    remarks.append(Remark(name, "the active receipt rule set: it stays the active one"))
    yield Item(("mail", "receiving"), account.region, None, tuple(resources), tuple(remarks))
