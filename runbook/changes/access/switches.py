"""Switches that open something without a policy: ACLs, public access, APIs over the internet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from runbook.changes.access.identities import reference
from runbook.changes.access.policy import Statement, allowed
from runbook.changes.consequences.model import is_on
from runbook.changes.template.reading import Reading
from runbook.changes.template.values import Template

GUARD = "a public"
"""What the guards against public access keep from taking effect begins so."""
BLOCKS = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)
"""<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>"""

_ACLS: Mapping[str, tuple[str, str]] = {
    "AuthenticatedRead": ("*", "read objects, by the bucket's ACL"),
    "PublicRead": ("*", "read objects, by the bucket's ACL"),
    "PublicReadWrite": ("*", "read, write and delete objects, by the bucket's ACL"),
}
"""`AuthenticatedRead` is for anybody with an account at AWS."""


class Switch(NamedTuple):
    """A property that lets somebody in when it is on."""

    property: str
    who: str
    may: str


_SWITCHES: Mapping[str, tuple[Switch, ...]] = {
    "AWS::RDS::DBCluster": (
        Switch("EnableHttpEndpoint", "whoever IAM admits", "query by the Data API, from anywhere"),
        Switch(
            "EnableIAMDatabaseAuthentication", "whoever IAM admits", "connect without a password"
        ),
    ),
    "AWS::RDS::DBInstance": (
        Switch(
            "EnableIAMDatabaseAuthentication", "whoever IAM admits", "connect without a password"
        ),
    ),
}


def statements(version: Reading) -> Iterator[Statement]:
    """Yield what the switches of a template let in."""
    for logical_id, resource in version.resources.items():
        properties = resource.get("Properties", {})
        own = reference(logical_id)
        for switch in _SWITCHES.get(resource["Type"], ()):
            if is_on(properties.get(switch.property)):
                yield allowed(switch.who, switch.may, own, subject=own)
        if resource["Type"] == "AWS::S3::Bucket":
            yield from _bucket(own, properties)


def unblocked(properties: Template) -> list[str]:
    """Return the guards against public access that a bucket does not have."""
    blocks = properties.get("PublicAccessBlockConfiguration")
    found = blocks if isinstance(blocks, dict) else {}
    return [name for name in BLOCKS if not is_on(found.get(name))]


def _bucket(own: str, properties: Template) -> Iterator[Statement]:
    acl = str(properties.get("AccessControl", ""))
    if acl in _ACLS:
        yield allowed(*_ACLS[acl], own, subject=own)
    if acl and acl != "Private" and acl not in _ACLS:
        yield allowed(f"those of the ACL {acl}", "what the ACL says", own, subject=own)
    for name in unblocked(properties):
        yield allowed(f"{GUARD} policy or ACL", f"take effect ({name} is off)", own, subject=own)
    rules = properties.get("OwnershipControls", {})
    owner = rules.get("Rules", [{}])[0].get("ObjectOwnership") if isinstance(rules, dict) else None
    if owner not in (None, "BucketOwnerEnforced"):
        yield allowed("owners of objects", "share them by ACLs", own, subject=own)
