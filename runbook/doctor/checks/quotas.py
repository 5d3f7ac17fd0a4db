"""What the account may have of each kind, beside what it has and what the file adds.

<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeAccountAttributes.html>
<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeAccountLimits.html>
"""

from __future__ import annotations

from collections.abc import Iterator

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.checks.names import declared
from runbook.doctor.checks.taken import Kind
from runbook.doctor.place import Place
from settings import Settings
from settings.plan import plans
from settings.plan.data import DataItems
from settings.plan.mail import MailItems

RAISE = "Ask for more in Service Quotas, or remove what nobody needs."


def look(place: Place) -> Iterator[Answer]:
    """Compare IAM's quotas once, and those of RDS in each region with databases."""
    if place.is_home and (users := _users(place.settings)):
        yield from _iam(place, users)
    if any(items.databases for items in place.items(DataItems)):
        yield from _rds(place)


def _iam(place: Place, users: set[str]) -> Iterator[Answer]:
    """Every sender and backup user is a user with a policy."""
    found = place.iam.get_account_summary()["SummaryMap"]
    new = {name for name in users if not _is_deployed(place, Kind.USER, name)}
    yield _compared("IAM users", found["Users"], found["UsersQuota"], len(new))
    yield _compared("IAM policies", found["Policies"], found["PoliciesQuota"], len(new))


def _users(settings: Settings) -> set[str]:
    """Return the users of all regions: IAM has none."""
    senders = {
        sender.user
        for plan in plans(settings)
        if isinstance(plan.items, MailItems)
        for sender in plan.items.senders.values()
    }
    buckets = settings.backup.buckets.values()
    return senders | {settings.named(user) for bucket in buckets for user in bucket.users}


def _rds(place: Place) -> Iterator[Answer]:
    quotas = {
        quota["AccountQuotaName"]: quota
        for quota in place.rds.describe_account_attributes()["AccountQuotas"]
    }
    writers = len(_new(place, Kind.CLUSTER))
    for name, words, new in (
        ("DBInstances", "database instances", len(_new(place, Kind.INSTANCE)) + writers),
        ("DBClusters", "database clusters", writers),
    ):
        if quota := quotas.get(name):
            yield _compared(words, quota["Used"], quota["Max"], new)


def _new(place: Place, kind: Kind) -> list[str]:
    return [name for name in declared(place, kind) if not _is_deployed(place, kind, name)]


def _is_deployed(place: Place, kind: Kind, name: str) -> bool:
    return place.owners.of(kind, name, place.region) is not None


def _compared(words: str, used: int, most: int, new: int) -> Answer:
    text = f"{words}: {used} of {most} used, {new} more with this file"
    return wrong(text, RAISE) if used + new > most else Answer(text)
