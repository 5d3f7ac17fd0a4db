"""Whether SES receives the mail that the file says it does."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.mail.status.finding import Finding, attention, some
from runbook.mail.status.place import Place

TITLE = "Receiving"
TYPE = "AWS::SES::ReceiptRuleSet"


def findings(place: Place) -> Iterator[Finding]:
    """Yield whether the active receipt rule set is the file's: a region has one."""
    if not place.items.received:
        return
    made = (place.resources or {}).get(TYPE, ())
    active = place.ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name", "")
    domains = some(name for name in place.items.received if "@" not in name)
    for resource in made:
        if active == resource.name:
            yield Finding(domains, "SES receives the mail")
            continue
        yield attention(
            domains,
            f"SES receives no mail for it: the active receipt rule set is {active or 'none'}, not "
            f"{resource.name}",
            "Find out who activated the other one. To have ours active again: aws ses "
            f"set-active-receipt-rule-set --region {place.region} --rule-set-name {resource.name}",
        )
