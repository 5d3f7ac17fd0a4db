"""The trails of the account: who did what, in a file that nobody changes without being noticed.

<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html>
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from runbook.doctor.answer import Answer, wrong
from runbook.doctor.place import Place

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail.type_defs import TrailTypeDef


NONE = "no trail records what is done in the account, beyond CloudTrail's own 90 days"
ADVICE = "Declare access.trail, or have whoever runs the organization make one."


def look(place: Place) -> Iterator[Answer]:
    """Say whether a trail records all regions, and whether a second one would be paid for."""
    if not place.is_home:
        return
    client = place.cloudtrail
    ours = place.settings.trail
    theirs = [
        trail
        for trail in client.describe_trails()["trailList"]
        if trail.get("IsMultiRegionTrail")
        and trail["Name"] != ours
        and client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]
    ]
    access = place.settings.access
    if access and access.trail:
        yield _beside(theirs)
    elif theirs:
        yield from map(_of_others, theirs)
    elif any(place.settings.data.consumers()):
        yield wrong(f"{NONE}, and others read a replica", ADVICE)
    else:
        yield Answer(f"{NONE}. {ADVICE}")


def _beside(theirs: list[TrailTypeDef]) -> Answer:
    if not theirs:
        return Answer("the file's trail is the account's only one")
    names = ", ".join(trail["Name"] for trail in theirs)
    advice = "Every copy of management events but the first is paid for. Is access.trail needed?"
    return wrong(f"{names} records all regions already", advice)


def _of_others(trail: TrailTypeDef) -> Answer:
    if trail.get("LogFileValidationEnabled"):
        return Answer(f"{trail['Name']} records all regions, with validation")
    text = f"{trail['Name']} records all regions, without validation"
    return wrong(text, "aws cloudtrail update-trail --enable-log-file-validation --name …")
