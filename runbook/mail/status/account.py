"""The account in a region: the sandbox, what it may send, its reputation, and its suppression.

<https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from runbook.mail.status.finding import Finding, attention, note
from runbook.mail.status.place import Place

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import GetAccountResponseTypeDef

    from settings.plan.mail import AccountItem

TITLE = "Account"
NEAR = 0.8
"""The part of the daily quota from which it is said to be nearly used, as the alarm does."""

REPUTATION: Mapping[str, tuple[str, float, float]] = {
    "Reputation.BounceRate": ("bounces", 0.05, 0.10),
    "Reputation.ComplaintRate": ("complaints", 0.001, 0.005),
}
"""By metric: what it counts, from where AWS reviews the account, and from where it may pause it."""

REVIEWS: dict[str, str] = {
    "PENDING": "AWS decides on the request",
    "GRANTED": "AWS agreed",
    "DENIED": "AWS refused the request",
    "FAILED": "the request did not reach AWS's reviewers",
}
"""By the state of the request for production access."""


def findings(place: Place, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of the account in a region."""
    found = place.sesv2.get_account()
    yield from standing(found)
    if (declared := place.items.account) is not None:
        yield from sandbox(found, declared, senders=any(i.senders for i in place.senders.values()))
        yield from quota(found, declared)
        yield from suppression(found, declared, place.region)
    for metric in REPUTATION:
        yield reputation(metric, _latest(place, metric, now))


def standing(found: GetAccountResponseTypeDef) -> Iterator[Finding]:
    """Say whether the account may send at all, and what AWS thinks of it."""
    health = found.get("EnforcementStatus", "HEALTHY")
    if health == "SHUTDOWN" or not found.get("SendingEnabled", True):
        yield attention(
            "sending",
            "paused: SES sends nothing for this account",
            "Read the case in the AWS Support Center, fix what it names, and answer it there.",
        )
    elif health != "HEALTHY":
        yield attention(
            "sending",
            f"under review by AWS ({health.lower()})",
            "Read the case in the AWS Support Center, and fix what it names before it is due.",
        )
    else:
        yield Finding("sending", "enabled")


def sandbox(
    found: GetAccountResponseTypeDef, declared: AccountItem, *, senders: bool
) -> Iterator[Finding]:
    """Say whether the account is in the sandbox, and what became of the request to leave it."""
    if found.get("ProductionAccessEnabled"):
        yield Finding("sandbox", "left: SES sends to every address")
        return
    review = found.get("Details", {}).get("ReviewDetails", {})
    state, case = review.get("Status", ""), review.get("CaseId", "")
    inside = "in it: SES sends to verified addresses only"
    told = f"{inside}; {REVIEWS.get(state, state)}{f' (case {case})' if case else ''}"
    if state == "PENDING":
        yield note("sandbox", told, "Wait: AWS answers by e-mail within about a day.")
    elif state in ("DENIED", "FAILED"):
        remedy = "Answer the case, or change mail.production_access in the file and deploy."
        yield attention("sandbox", told, remedy)
    elif declared.production_access is None:
        remedy = "To leave it, add mail.production_access to the file: docs/mail.md"
        said = attention if senders else note
        yield said("sandbox", f"{inside}; nobody asked to leave it", remedy)
    else:
        remedy = "Deploy the file: groundwork changes prepare"
        yield attention("sandbox", f"{inside}; the file's request was not sent", remedy)


def quota(found: GetAccountResponseTypeDef, declared: AccountItem) -> Iterator[Finding]:
    """Say how much of the daily quota is used, and whether the file's alarms know the quota."""
    quota = found["SendQuota"]
    most, sent, rate = quota["Max24HourSend"], quota["SentLast24Hours"], quota["MaxSendRate"]
    if most < 0:
        yield Finding("quota", f"{sent:.0f} sent in 24 hours; there is no limit")
        return
    used = sent / most if most else 1.0
    text = f"{sent:.0f} of {most:.0f} sent in 24 hours ({used:.0%}), {rate:g} a second at most"
    if used >= NEAR:
        yield attention("quota", text, "Ask AWS for more in Service Quotas, or send less.")
    else:
        yield Finding("quota", text)
    said = declared.quota
    if (said.daily, said.per_second) == (most, rate):
        return
    text = f"the file says {said.daily} a day and {said.per_second} a second"
    fix = f"mail: {{quota: {{daily: {most:.0f}, per_second: {max(int(rate), 1)}}}}}"
    late = said.daily > most or said.per_second > rate
    if late:
        yield attention("quota", f"{text}: its alarms come too late", f"Set {fix}")
    else:
        yield note("quota", f"{text}: its alarms come early", f"Set {fix}")


def suppression(
    found: GetAccountResponseTypeDef, declared: AccountItem, region: str
) -> Iterator[Finding]:
    """Say what puts an address on the account's suppression list, and whether the file says so."""
    reasons = {
        r.lower() for r in found.get("SuppressionAttributes", {}).get("SuppressedReasons", ())
    }
    text = f"after: {', '.join(sorted(reasons))}" if reasons else "off"
    if reasons == set(declared.suppression):
        yield Finding("suppression", text)
        return
    wanted = " ".join(reason.upper() for reason in declared.suppression)
    yield attention(
        "suppression",
        f"{text}; the file says {', '.join(declared.suppression) or 'off'}",
        f"aws sesv2 put-account-suppression-attributes --region {region} --suppressed-reasons "
        f"{wanted}".rstrip(),
    )


def reputation(metric: str, rate: float | None) -> Finding:
    """Say how near a rate is to where AWS reviews or pauses an account."""
    name, review, pause = REPUTATION[metric]
    if rate is None:
        return Finding(name, "no mail that AWS could judge by yet")
    text = (
        f"{rate:.2%}; AWS reviews an account from {review:.1%}, and may pause it from {pause:.1%}"
    )
    if rate >= review:
        remedy = "Find the sender by its bounces and complaints, and stop it: docs/bounces.md"
        return attention(name, text, remedy)
    return Finding(name, text)


def _latest(place: Place, metric: str, now: datetime) -> float | None:
    """Return the newest value of the last day: SES publishes a rate when mail was sent."""
    answer = place.cloudwatch.get_metric_statistics(
        Namespace="AWS/SES",
        MetricName=metric,
        StartTime=now - timedelta(days=1),
        EndTime=now,
        Period=3600,
        Statistics=["Average"],
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return points[-1]["Average"] if points else None
