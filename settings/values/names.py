"""The kinds of value that the configuration is made of, each with AWS's own rule for it.

A name that AWS would refuse after minutes of deploying is refused here while the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from settings.values.regions import REGIONS
from settings.values.reserved import why_no_database, why_no_user


def refuse(message: str) -> PydanticCustomError:
    """Make the error that a validator raises, without pydantic reading braces in the message."""
    return PydanticCustomError("groundwork_refused", "{reason}", {"reason": message})


@dataclass(frozen=True)
class Matching:
    """Text of one form: `pattern` whole; `refused` says why a match is not taken all the same."""

    pattern: str
    rule: str
    refused: Callable[[str], str | None] = lambda value: None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check after pydantic made sure that it is text."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give the pattern to editors, which check it while one types."""
        rule = {"pattern": f"^(?:{self.pattern})$", "patternErrorMessage": f"must be {self.rule}"}
        return {**handler(schema), **rule}

    def check(self, value: str) -> str:
        """Return the value, or refuse it with the rule in words."""
        if not re.fullmatch(self.pattern, value):
            raise refuse(self.rule)
        if reason := self.refused(value):
            raise refuse(reason)
        return value


def _at_most(length: int) -> Callable[[str], str | None]:
    return lambda value: f"at most {length} characters" if len(value) > length else None


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

AccountId = Annotated[
    str, Matching(r"\d{12}", 'an AWS account id: 12 digits between quotes, as in "123456789012"')
]

Label = Annotated[
    str,
    Matching(
        r"[a-z](?:-?[a-z0-9])*",
        "a name of lower-case letters, digits and single hyphens, starting with a letter",
        _at_most(40),
    ),
]
"""A name of our own, which becomes part of a stack's name or of a construct's id."""

DomainName = Annotated[
    str,
    Matching(
        r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
        "a domain name in lower case, as in example.org (an international one in its xn-- form)",
    ),
]

DomainLabel = Annotated[
    str,
    Matching(
        r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
        'one label of a domain name, as in "mail" (it is put before the domain)',
    ),
]

_LOCAL = r"[A-Za-z0-9!#$%&'+/=^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'+/=^_`{|}~-]+)*"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"

EmailAddress = Annotated[
    str,
    Matching(
        rf"(?=.{{3,254}}$){_LOCAL}@{_DOMAIN}",
        "an e-mail address, its domain in lower case, as in data@example.org",
        lambda value: "at most 64 characters before the @" if value.index("@") > 64 else None,
    ),
]

SenderPattern = Annotated[
    str,
    Matching(
        rf"[A-Za-z0-9!#$%&'+/=^_`{{|}}~.*?-]+@{_DOMAIN}",
        "an e-mail address, or a pattern with * and ? before the @, as in noreply-*@example.org",
    ),
]
"""The domain takes no pattern: it is what the identity proves."""

RecipientPattern = Annotated[
    str,
    Matching(
        rf"(?:\*|[A-Za-z0-9!#$%&'+/=^_`{{|}}~.*?-]+)@(?:\*\.)?{_DOMAIN}",
        "a recipient's address or a pattern, as in *@example.org",
    ),
]

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

DatabaseIdentifier = Annotated[
    str,
    Matching(
        r"[a-z](?:-?[a-z0-9])*",
        "a database identifier: lower-case letters, digits and single hyphens, "
        "starting with a letter and not ending with a hyphen",
        _at_most(63),
    ),
]

DatabaseName = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9_]{0,62}",
        "a database's name: 1 to 63 letters, digits and underscores, starting with a letter",
        why_no_database,
    ),
]

DatabaseUser = Annotated[
    str,
    Matching(
        r"[A-Za-z][A-Za-z0-9_]{0,15}",
        "a database user's name: 1 to 16 letters, digits and underscores, starting with a letter",
        why_no_user,
    ),
]


def _why_no_security_group(name: str) -> str | None:
    if name.lower().startswith("sg-"):
        return "a security group's name that does not start with sg-, as the ids of all groups do"
    if name.lower() == "default":
        return "a name other than default, which every network's own security group has"
    return None


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

InstanceClass = Annotated[
    str,
    Matching(
        r"db\.[a-z][a-z0-9]*\.(?:micro|small|medium|large|\d{0,2}xlarge)",
        "an RDS instance class, as in db.t3.micro",
    ),
]

RoleArn = Annotated[
    str,
    Matching(
        r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]{1,128}",
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
    ),
]


def _why_no_tag(text: str) -> str | None:
    if text.lower().startswith("aws:"):
        return "a tag that does not start with aws:, which AWS reserves"
    return None


TagKey = Annotated[
    str,
    Matching(
        r"[\w .:/=+@-]{1,128}",
        "a tag's key: 1 to 128 letters, digits, spaces and _.:/=+-@",
        _why_no_tag,
    ),
]
TagValue = Annotated[
    str,
    Matching(
        r"[\w .:/=+@-]{0,256}",
        "a tag's value: up to 256 letters, digits, spaces and _.:/=+-@",
        _why_no_tag,
    ),
]
"""<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>"""

_DURATION = re.compile(r"([1-9]\d{0,5})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(value: object) -> int:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise refuse("a length of time: a number and s, m, h or d, as in 90s, 30m, 1h or 7d")
    return int(match[1]) * _UNITS[match[2]]


def _duration(seconds: int) -> str:
    """Write seconds as the file does, in the largest unit that fits."""
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    PlainSerializer(_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[1-9]\d{0,5}[smhd]$"}),
]
"""A length of time: written `30m` in the file, seconds in the program."""


def _network(version: int | None) -> Callable[[str], str]:
    kind = {4: "an IPv4 CIDR block, as in 10.0.0.0/16", 6: "an IPv6 CIDR block"}.get(
        version or 0, "a CIDR block, as in 203.0.113.0/24 or 2001:db8::/32"
    )

    def check(value: str) -> str:
        if "/" not in value:
            raise refuse(f"{kind} (with the / and the number of bits)")
        try:
            network = ip_network(value)
        except ValueError:
            raise refuse(_why_no_network(value, kind)) from None
        if version and network.version != version:
            raise refuse(kind)
        return str(network)

    return check


def _why_no_network(value: str, kind: str) -> str:
    try:
        inside: IPv4Network | IPv6Network = ip_network(value, strict=False)
    except ValueError:
        return kind
    return f"{kind}: the address has bits beyond the mask; the block that holds it is {inside}"


Cidr4 = Annotated[
    str, AfterValidator(_network(4)), Field(json_schema_extra={"pattern": r"^[0-9.]+/\d+$"})
]
Cidr = Annotated[str, AfterValidator(_network(None))]
