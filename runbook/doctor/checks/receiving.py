"""The active receipt rule set: SES has one in a region, and ours takes the place of another.

<https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from settings.plan import StackId
from settings.plan.mail import MailItems

RULE_SET = "AWS::SES::ReceiptRuleSet"


def look(place: Place) -> Iterator[Answer]:
    """Say whether receiving for the file would end somebody else's."""
    if not any(items.received for items in place.items(MailItems)):
        return
    active = place.ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name", "")
    owner = place.owners.of(RULE_SET, active, place.region) if active else None
    if not active:
        yield Answer("no receipt rule set is active: ours will be")
    elif owner and StackId.parse(owner, place.settings.environment):
        yield Answer("the active receipt rule set is ours")
    else:
        whose = f"the stack {owner} has it" if owner else "no stack has it"
        text = f"the receipt rule set {active} is active ({whose}); deploying activates ours"
        yield wrong(text, "Move its rules into ours first: `groundwork adopt` shows them.")
