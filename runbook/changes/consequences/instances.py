"""Machines: who gets their role's credentials, what is encrypted, and what stops them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.model import Consequence, Kind, changed, is_on
from runbook.changes.parts import Danger

_DOCS = "https://docs.aws.amazon.com"
_ENDED = f"{_DOCS}/AWSEC2/latest/UserGuide/terminating-instances.html"
_DISKS = f"{_DOCS}/ebs/latest/userguide/ebs-encryption.html"
_METADATA = f"{_DOCS}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"
_RESIZED = f"{_DOCS}/AWSEC2/latest/UserGuide/change-instance-type-of-ebs-backed-instance.html"


def _weakens(words: str, page: str) -> Consequence:
    return Consequence(words, page, danger=Danger.WEAKENED)


def _metadata(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge who may ask a machine for its role's credentials: with a token, or whoever gets in."""
    old, new = (v.get("HttpTokens") if isinstance(v, dict) else None for v in (before, after))
    if old == "required" and new != "required":
        yield _weakens("its role's credentials are given without a token (IMDSv1)", _METADATA)


def are_unencrypted(disks: JsonValue) -> bool:
    """Tell whether a machine has a disk that nothing says to encrypt."""
    return bool(_unencrypted(disks))


def _unencrypted(disks: JsonValue) -> set[str]:
    """Return the device names of the disks that nothing says to encrypt."""
    found = [one for one in disks if isinstance(one, dict)] if isinstance(disks, list) else []
    return {
        str(one.get("DeviceName"))
        for one in found
        if isinstance(disk := one.get("Ebs"), dict) and not is_on(disk.get("Encrypted"))
    }


def _disks(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    if _unencrypted(after) - _unencrypted(before):
        yield _weakens("a disk of it is not encrypted, unless the account does it", _DISKS)


def _shutdown(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    if after == "terminate":
        yield _weakens("the machine is gone once it is shut down", _ENDED)


INSTANCE = Kind(
    rules={
        "BlockDeviceMappings": _disks,
        "InstanceInitiatedShutdownBehavior": _shutdown,
        "InstanceType": changed(
            Consequence(
                "the machine stops and starts as {after}: connections through it are cut",
                _RESIZED,
                danger=Danger.INTERRUPTS,
            )
        ),
        "MetadataOptions": _metadata,
    }
)

KINDS: Mapping[str, Kind] = {"AWS::EC2::Instance": INSTANCE}
