"""SES in a region: whether it sends for this account, and to whom.

<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
<https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place
from runbook.mail.status import account
from runbook.mail.status.finding import Finding, Level
from settings.plan.mail import MailItems

SANDBOX = (
    "in the sandbox: to verified recipients only, 200 in 24 hours and 1 a second; "
    "to leave it: mail.production_access"
)


def look(place: Place) -> Iterator[Answer]:
    """Say whether SES sends, the sandbox, and whether the file knows the quota."""
    items = next(place.items(MailItems), None)
    if items is None or items.account is None:
        return
    found = place.sesv2.get_account()
    yield from map(_answer, account.standing(found))
    if not found.get("ProductionAccessEnabled"):
        yield Answer(SANDBOX)
    yield from map(_answer, account.quota(found, items.account))


def _answer(finding: Finding) -> Answer:
    text = f"{finding.item}: {finding.text}"
    return wrong(text, finding.remedy) if finding.level is Level.ATTENTION else Answer(text)
