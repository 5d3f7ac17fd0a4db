"""What an account has that no item of the file can be: named by its ARN, and left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from runbook.adopt.account import Account
from runbook.adopt.arns import named
from runbook.adopt.item import Item, Live, Remark

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_ssm import SSMClient

DOCUMENT, GROUP, TOPIC = "AWS::SSM::Document", "AWS::IAM::Group", "AWS::SNS::Topic"
TRAIL, USER = "AWS::CloudTrail::Trail", "AWS::IAM::User"

NO_USER = (
    "the file has users that send mail, or fill or read a bucket, and may do little else: it stays "
    "as it is"
)
NO_GROUP = "it stays, with its policies and members: the file has no item for a group"
NO_TOPIC = "the file has no item for it: it stays, with its subscribers"
NO_TRAIL = (
    "it stays, and records on: leave `access.trail` out, as of a second trail every event is paid "
    "for"
)
NO_DOCUMENT = "it stays: Groundwork makes a document of its own for each bastion"
PREFERENCES = "SSM-SessionManagerRunShell"
NO_PREFERENCES = (
    "the preferences of Session Manager stay as they are: leave `data.session_log_days` out, or "
    "delete it first"
)


def items(accounts: Sequence[Account], found: Collection[Item]) -> Iterator[Item]:
    """Yield a remark for each that no stack has. IAM has no regions: its own come of the first."""
    first = accounts[0]
    yield from _users(first, found)
    for group in first.each(GROUP):
        yield from _remark(first, ("backup", "groups"), "group", group, NO_GROUP)
    regions, told = {account.region for account in accounts}, set[str]()
    for account in accounts:
        yield from _topics(account, found)
        yield from _trails(account, regions - {account.region}, told)
        yield from _documents(account)


def _remark(
    account: Account, place: tuple[str, str], kind: str, live: Live, reason: str
) -> Iterator[Item]:
    if not account.owner(live):
        remark = Remark(f"{kind} {named(account, live)}", reason)
        yield Item((*place, live.identifier), account.region, remarks=(remark,))


def _users(account: Account, found: Collection[Item]) -> Iterator[Item]:
    known = {live.identifier for item in found for live in item.resources if live.type == USER}
    known |= {item.path[-1] for item in found if item.path[:2] == ("mail", "senders")}
    said = [remark.subject for item in found for remark in item.remarks]
    for user in account.each(USER):
        name = user.identifier
        if name not in known and not any(text.startswith(f"user {name} ") for text in said):
            yield from _remark(account, ("backup", "users"), "user", user, NO_USER)


def _topics(account: Account, found: Collection[Item]) -> Iterator[Item]:
    known = {live.identifier for item in found for live in item.resources if live.type == TOPIC}
    known |= {remark.subject for item in found for remark in item.remarks}
    for topic in account.each(TOPIC):
        if topic.identifier not in known:
            yield from _remark(account, ("mail", "topics"), "topic", topic, NO_TOPIC)


def _trails(account: Account, elsewhere: set[str], told: set[str]) -> Iterator[Item]:
    """Yield the trails that record a region, but for those that belong to one of `elsewhere`.

    A trail of all regions, or of the organization, is known in each region, and told once.
    """
    client: CloudTrailClient = account.client("cloudtrail")
    for trail in client.describe_trails()["trailList"]:
        arn = trail["TrailARN"]
        if arn in told or trail.get("HomeRegion") in elsewhere:
            continue
        told.add(arn)
        live = Live(TRAIL, trail["Name"], {"Arn": arn})
        yield from _remark(account, ("access", "trails"), "trail", live, NO_TRAIL)


def _documents(account: Account) -> Iterator[Item]:
    """Yield the session documents that are the account's own: AWS has some of each type."""
    client: SSMClient = account.client("ssm")
    own = {"Owner": "Self", "DocumentType": "Session"}
    pages = client.get_paginator("list_documents")
    for page in pages.paginate(Filters=[{"Key": k, "Values": [v]} for k, v in own.items()]):
        for document in page["DocumentIdentifiers"]:
            live = Live(DOCUMENT, document["Name"], {})
            reason = NO_PREFERENCES if live.identifier == PREFERENCES else NO_DOCUMENT
            yield from _remark(account, ("data", "documents"), "document", live, reason)
