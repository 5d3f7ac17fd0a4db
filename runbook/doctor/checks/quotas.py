"""What the account may have of each kind, beside what it has and what the file adds.

<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeAccountAttributes.html>
<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeAccountLimits.html>
Service Quotas has those of EC2 and S3: see `applied`.
"""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from runbook.doctor.answer import Answer, unasked, wrong
from runbook.doctor.checks import applied
from runbook.doctor.checks.names import declared
from runbook.doctor.checks.taken import Kind
from runbook.doctor.place import Place
from settings import Settings
from settings.plan import items_of, plans
from settings.plan.backup import BackupItems
from settings.plan.data import DataItems
from settings.plan.mail import MailItems

RAISE = "Ask for more in Service Quotas, or remove what nobody needs."
MOST_ROLES = 8
"""Of a stack: those of its functions, whose names CloudFormation makes up, and of `access`."""

LEAST_GROUPS = 5
"""Of a network interface, in every account: see `applied.GROUPS`."""


def look(place: Place) -> Iterator[Answer]:
    """Compare IAM's quotas once, and those of the other services in each region that uses them."""
    for part in (_stacks, _iam, _rds, _networks, _groups, _buckets):
        try:
            yield from part(place)
        except (BotoCoreError, ClientError) as error:
            yield unasked(error)


def _stacks(place: Place) -> Iterator[Answer]:
    limits = place.cloudformation.describe_account_limits()["AccountLimits"]
    most = next((each["Value"] for each in limits if each["Name"] == "StackLimit"), None)
    if most is not None:
        yield _compared("stacks", len(place.stacks), most, len(_new_stacks(place)))


def _iam(place: Place) -> Iterator[Answer]:
    """Every sender and backup user is a user with a policy; every function has a role."""
    if not place.is_home:
        return
    found = place.iam.get_account_summary()["SummaryMap"]
    new = {name for name in _users(place.settings) if not _is_deployed(place, Kind.USER, name)}
    if _users(place.settings):
        yield _compared("IAM users", found["Users"], found["UsersQuota"], len(new))
        yield _compared("IAM policies", found["Policies"], found["PoliciesQuota"], len(new))
    roles = MOST_ROLES * len(_new_stacks(place))
    yield _compared("IAM roles", found["Roles"], found["RolesQuota"], roles, "up to ")


def _users(settings: Settings) -> set[str]:
    """Return the users of all regions: IAM has none."""
    senders = {
        sender.user
        for items in items_of(plans(settings), MailItems)
        for sender in items.senders.values()
    }
    buckets = settings.backup.buckets.values()
    return senders | {settings.named(user) for bucket in buckets for user in bucket.users}


def _rds(place: Place) -> Iterator[Answer]:
    if not any(items.databases for items in place.items(DataItems)):
        return
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


def _networks(place: Place) -> Iterator[Answer]:
    names = {name for items in place.items(DataItems) for name in items.networks}
    if not names:
        return
    pages = place.ec2.get_paginator("describe_vpcs").paginate()
    there = {vpc["VpcId"] for page in pages for vpc in page["Vpcs"]}
    ours = {plan.name for plan in place.plans}
    deployed = {vpc for vpc in there if place.owners.of("AWS::EC2::VPC", vpc, place.region) in ours}
    most = applied.quota(place.quotas, applied.NETWORKS)
    yield _compared("VPCs", len(there), most, max(len(names) - len(deployed), 0))


def _groups(place: Place) -> Iterator[Answer]:
    """Ask how many groups a database or replica takes where one is behind more than usual."""
    behind, name = max(_behind(place), default=(0, ""))
    if behind > LEAST_GROUPS:
        most = applied.quota(place.quotas, applied.GROUPS)
        text = f"security groups of a network interface: {behind} of {most} used by {name}"
        yield wrong(text, RAISE) if behind > most else Answer(text)


def _behind(place: Place) -> Iterator[tuple[int, str]]:
    """Yield how many groups each database and replica is behind, and its name."""
    data = place.settings.data
    for items in place.items(DataItems):
        for name, database in items.databases.items():
            yield data.groups_of(database.declared), name
            for replica, item in database.replicas.items():
                yield item.declared.groups(bastion=data.bastion), f"{name}/{replica}"


def _buckets(place: Place) -> Iterator[Answer]:
    if not any(items.buckets for items in place.items(BackupItems)):
        return
    pages = place.s3.get_paginator("list_buckets").paginate()
    there = [bucket["Name"] for page in pages for bucket in page["Buckets"]]
    most = applied.quota(place.global_quotas, applied.BUCKETS)
    yield _compared("buckets", len(there), most, len(_new(place, Kind.BUCKET)))


def _new_stacks(place: Place) -> list[str]:
    return [plan.name for plan in place.plans if plan.name not in place.stacks]


def _new(place: Place, kind: Kind) -> list[str]:
    return [name for name in declared(place, kind) if not _is_deployed(place, kind, name)]


def _is_deployed(place: Place, kind: Kind, name: str) -> bool:
    return place.owners.of(kind, name, place.region) is not None


def _compared(words: str, used: int, most: int, new: int, about: str = "") -> Answer:
    text = f"{words}: {used} of {most} used, {about}{new} more with this file"
    return wrong(text, RAISE) if used + new > most else Answer(text)
