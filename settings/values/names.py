"""The names of things in AWS, each with AWS's own rule for it.

A name that AWS would refuse after minutes of deploying is refused here while the file is read.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from settings.values.matching import Matching, at_most, refuse, why_no_name
from settings.values.regions import REGIONS, WITHOUT_SES


def _region(value: str) -> str:
    if value in REGIONS:
        return value
    place = next((name for name, place in REGIONS.items() if place.lower() == value.lower()), None)
    if place:
        raise refuse(f"a region's name, not its place: {REGIONS[place]} is {place}")
    near = ", ".join(name for name in REGIONS if name[:3] == value[:3].lower()) or ", ".join(
        REGIONS
    )
    raise refuse(f"one of AWS's regions: {near}")


Region = Annotated[str, AfterValidator(_region), Field(json_schema_extra={"enum": [*REGIONS]})]

SENDING = [region for region in REGIONS if region not in WITHOUT_SES]


def _sending_region(value: str) -> str:
    if _region(value) in WITHOUT_SES:
        raise refuse(f"a region with SES, which {value} has not")
    return value


SendingRegion = Annotated[
    str, AfterValidator(_sending_region), Field(json_schema_extra={"enum": SENDING})
]

AccountId = Annotated[
    str, Matching(r"\d{12}", 'an AWS account id: 12 digits between quotes, as in "123456789012"')
]

Label = Annotated[
    str,
    Matching(
        r"[a-z](?:-?[a-z0-9])*",
        "a name of lower-case letters, digits and single hyphens, starting with a letter",
        lambda value: at_most(40)(value) or why_no_name(value),
    ),
]
"""A name of our own, which becomes part of a stack's name or of a construct's id."""

IamUserName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9+=,.@_-]{1,64}",
        "an IAM user's name: 1 to 64 letters, digits and any of + = , . @ _ -",
    ),
]


_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")


def _why_no_bucket(name: str) -> str | None:
    for prefix in _BUCKET_PREFIXES:
        if name.startswith(prefix):
            return f"a bucket's name that does not start with {prefix}, which AWS reserves"
    for suffix in _BUCKET_SUFFIXES:
        if name.endswith(suffix):
            return f"a bucket's name that does not end with {suffix}, which AWS reserves"
    if "." in name:
        return (
            "a bucket's name without dots: TLS certificates do not cover one that has them, "
            "and nothing is sent without TLS"
        )
    return None


BucketName = Annotated[
    str,
    Matching(
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        "a bucket's name: 3 to 63 lower-case letters, digits and hyphens, "
        "with a letter or digit at both ends",
        _why_no_bucket,
    ),
]
"""<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>"""


def _why_no_prefix(prefix: str) -> str | None:
    if len(prefix) > 512:
        return "a prefix of at most 512 characters"
    if {".", ".."} & {*prefix.split("/")}:
        return "a prefix without . and .. between slashes, which clients resolve and S3 does not"
    return None


def _why_no_security_group(name: str) -> str | None:
    if name.lower().startswith("sg-"):
        return "a security group's name that does not start with sg-, as the ids of all groups do"
    if name.lower() == "default":
        return "a name other than default, which every network's own security group has"
    return None


EcsName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9_-]{1,255}",
        "the name of a cluster or service in ECS: 1 to 255 letters, digits, hyphens and "
        "underscores",
    ),
]

SecurityGroupName = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}",
        "a security group's name: 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
        _why_no_security_group,
    ),
]

SecurityGroupDescription = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}",
        "a description of 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
    ),
]

ROLE = r"(?:[\w+=,.@-]{1,128}/){0,8}[\w+=,.@-]{1,64}"
"""A role's or a user's name behind its path.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
"""

RoleArn = Annotated[
    str,
    Matching(
        rf"arn:aws:iam::\d{{12}}:role/{ROLE}",
        "a role's ARN, as in arn:aws:iam::123456789012:role/NAME (no wildcard)",
    ),
]

HostedZoneId = Annotated[
    str, Matching(r"Z[A-Z0-9]{1,31}", "a Route 53 hosted zone's id, as in Z0123456789ABC")
]

ObjectPrefix = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9!_.'()-]+(?:/[A-Za-z0-9!_.'()-]+)*",
        "a prefix of object names without a slash at either end and without * or ?, as in main",
        _why_no_prefix,
    ),
]
