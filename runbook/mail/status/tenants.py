"""Whether SES sends for each tenant, which it pauses apart from the account.

<https://docs.aws.amazon.com/ses/latest/dg/tenants.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from runbook.mail.status.finding import Finding, attention
from runbook.mail.status.place import Place

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import TenantTypeDef

TITLE = "Tenants"


def findings(place: Place) -> Iterator[Finding]:
    """Yield what there is to say of each tenant of a region."""
    for name, item in place.items.tenants.items():
        try:
            yield sending(name, place.sesv2.get_tenant(TenantName=item.tenant)["Tenant"])
        except place.sesv2.exceptions.NotFoundException:
            yield attention(name, "not in SES", "Deploy the file: groundwork changes prepare")


def sending(name: str, found: TenantTypeDef) -> Finding:
    """Say whether SES sends for a tenant."""
    if found.get("SendingStatus") != "DISABLED":
        return Finding(name, "sends")
    arn = found["TenantArn"]
    return attention(
        name,
        "paused: SES refuses every message that names it",
        "Find out why. Then: aws sesv2 update-reputation-entity-customer-managed-status --region "
        f"{arn.split(':')[3]} --reputation-entity-type RESOURCE --reputation-entity-reference "
        f"{arn} --sending-status REINSTATED",
    )
