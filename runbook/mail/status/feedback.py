"""Whether bounces and complaints reach the topics that the file declares.

SES takes a topic away from an identity when it cannot publish to it, and says nothing.
<https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from runbook.mail.status.finding import Finding, attention
from runbook.mail.status.place import Place

if TYPE_CHECKING:
    from mypy_boto3_ses.type_defs import IdentityNotificationAttributesTypeDef

    from settings.plan.mail import AddressItem, DomainItem

TITLE = "Feedback"
MOST = 100
"""Identities of one call."""


def findings(place: Place) -> Iterator[Finding]:
    """Yield what there is to say of the feedback of each identity that somebody is told of."""
    items: dict[str, DomainItem | AddressItem] = {**place.items.domains, **place.items.addresses}
    declared = {name: place.topic(item.feedback) for name, item in items.items() if item.feedback}
    deployed: dict[str, IdentityNotificationAttributesTypeDef] = {}
    names = [*declared]
    for start in range(0, len(names), MOST):
        answer = place.ses.get_identity_notification_attributes(
            Identities=names[start : start + MOST]
        )
        deployed |= answer["NotificationAttributes"]
    for name, topic in declared.items():
        if name in deployed:
            yield from compare(name, topic, deployed[name], place.region)


def compare(
    name: str, topic: str, deployed: Mapping[str, object], region: str
) -> Iterator[Finding]:
    """Say whether an identity's bounces and complaints reach a topic, with their headers."""
    faulty = False
    for kind in ("Bounce", "Complaint"):
        found = deployed.get(f"{kind}Topic")
        where = f"--region {region} --identity {name} --notification-type {kind}"
        if found != topic:
            faulty = True
            yield attention(
                name,
                f"{kind.lower()}s reach {_short(found) or 'no topic: SES dropped it'}; the file "
                f"says {_short(topic)}",
                f"aws ses set-identity-notification-topic {where} --sns-topic {topic}",
            )
        elif not deployed.get(f"HeadersIn{kind}NotificationsEnabled"):
            faulty = True
            yield attention(
                name,
                f"{kind.lower()}s come without the original headers",
                f"aws ses set-identity-headers-in-notifications-enabled {where} --enabled",
            )
    if not faulty:
        yield Finding(name, f"bounces and complaints reach {_short(topic)}")


def _short(topic: object) -> str:
    return str(topic or "").rpartition(":")[2]
