"""What is new and less protected than it could be: nothing was weakened, and yet it is weak.

It is asked of what is added, and of what takes the place of something that was better protected.
Who may get there is read where access is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pydantic import JsonValue

from runbook.changes.consequences.instances import are_unencrypted
from runbook.changes.consequences.model import Consequence, is_on, number
from runbook.changes.parts import Danger
from runbook.changes.template.values import Template
from runbook.changes.verdict import holds_data, is_protected

_DOCS = "https://docs.aws.amazon.com"
_RDS = f"{_DOCS}/AmazonRDS/latest/UserGuide"
_SES = f"{_DOCS}/ses/latest/dg"


class _Weak(NamedTuple):
    """A value by which something is less protected, and what that means."""

    at: str
    """The path of the property."""
    is_weak: Callable[[JsonValue], bool]
    words: str
    page: str


def _off(value: JsonValue) -> bool:
    return not is_on(value)


def _switched_off(value: JsonValue) -> bool:
    return value is not None and not is_on(value)


def _none(value: JsonValue) -> bool:
    return number(value) == 0


def _other_than(strict: str) -> Callable[[JsonValue], bool]:
    return lambda value: str(value).upper() != strict


_ENCRYPTED = "is not encrypted, and cannot be later without being replaced"
_DATABASE = _Weak(
    "StorageEncrypted", _off, f"its storage {_ENCRYPTED}", f"{_RDS}/Overview.Encryption.html"
)
_TLS = f"{_RDS}/PostgreSQL.Concepts.General.SSL.html"
_PARAMETERS = _Weak("Parameters.rds.force_ssl", _none, "connections without TLS are taken", _TLS)
_WEAK: Mapping[str, tuple[_Weak, ...]] = {
    "AWS::CloudTrail::Trail": (
        _Weak(
            "IsLogging",
            _off,
            "the trail records nothing",
            f"{_DOCS}/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
        ),
    ),
    "AWS::CloudWatch::Alarm": (
        _Weak(
            "ActionsEnabled",
            _switched_off,
            "it alarms nobody",
            f"{_DOCS}/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
        ),
    ),
    "AWS::EC2::Instance": (
        _Weak(
            "MetadataOptions.HttpTokens",
            _other_than("REQUIRED"),
            "its role's credentials are given without a token (IMDSv1)",
            f"{_DOCS}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
        ),
        _Weak(
            "BlockDeviceMappings",
            are_unencrypted,
            "a disk of it is not encrypted, unless the account does it",
            f"{_DOCS}/ebs/latest/userguide/ebs-encryption.html",
        ),
    ),
    "AWS::EC2::Volume": (
        _Weak(
            "Encrypted",
            _off,
            f"the disk {_ENCRYPTED}",
            f"{_DOCS}/ebs/latest/userguide/ebs-encryption.html",
        ),
    ),
    "AWS::EFS::FileSystem": (
        _Weak(
            "Encrypted",
            _off,
            f"the file system {_ENCRYPTED}",
            f"{_DOCS}/efs/latest/ug/encryption-at-rest.html",
        ),
    ),
    "AWS::KMS::Key": (
        _Weak(
            "EnableKeyRotation",
            _off,
            "the key is not rotated",
            f"{_DOCS}/kms/latest/developerguide/rotate-keys.html",
        ),
    ),
    "AWS::RDS::DBCluster": (_DATABASE,),
    "AWS::RDS::DBClusterParameterGroup": (_PARAMETERS,),
    "AWS::RDS::DBInstance": (
        _DATABASE,
        _Weak(
            "BackupRetentionPeriod",
            _none,
            "no automated backups are made, and nothing can be restored to a moment",
            f"{_RDS}/USER_WorkingWithAutomatedBackups.html",
        ),
    ),
    "AWS::RDS::DBParameterGroup": (_PARAMETERS,),
    "AWS::RDS::DBProxy": (
        _Weak(
            "RequireTLS",
            _off,
            "connections without TLS are taken",
            f"{_RDS}/rds-proxy.howitworks.html",
        ),
        _Weak(
            "DebugLogging",
            is_on,
            "statements are written into its log",
            f"{_RDS}/rds-proxy.howitworks.html",
        ),
    ),
    "AWS::SES::ConfigurationSet": (
        _Weak(
            "DeliveryOptions.TlsPolicy",
            _other_than("REQUIRE"),
            "mail is sent without TLS where a server has none",
            f"{_SES}/security-protocols.html",
        ),
    ),
    "AWS::SES::EmailIdentity": (
        _Weak(
            "DkimAttributes.SigningEnabled",
            _switched_off,
            "mail is not signed (DKIM)",
            f"{_SES}/send-email-authentication-dkim-easy-managing.html",
        ),
    ),
    "AWS::SES::ReceiptRule": (
        _Weak(
            "Rule.TlsPolicy",
            _other_than("REQUIRE"),
            "mail is taken without TLS",
            f"{_SES}/receiving-email-receipt-rules-console-walkthrough.html",
        ),
    ),
    "AWS::SQS::Queue": (
        _Weak(
            "SqsManagedSseEnabled",
            _switched_off,
            "it is not encrypted",
            f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
        ),
    ),
}
_UNPROTECTED = Consequence(
    "RDS deletes it when asked to: it has no deletion protection",
    f"{_RDS}/USER_DeleteInstance.html",
    danger=Danger.WEAKENED,
)
_PROTECTED = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")


def of_new(before: Template | None, after: Template) -> Iterator[Consequence]:
    """Yield how something is weak that is added, or that takes the place of what was not."""
    known = {*_weak(before)} if before else set()
    yield from (one for one in _weak(after) if one not in known)


def _weak(resource: Template) -> Iterator[Consequence]:
    kind, properties = resource["Type"], resource.get("Properties", {})
    is_part = kind in _PROTECTED and not holds_data(resource)  # of a cluster, or a copy
    for one in () if is_part else _WEAK.get(kind, ()):
        if one.is_weak(_at(properties, one.at)):
            yield Consequence(one.words, one.page, danger=Danger.WEAKENED)
    if kind in _PROTECTED and not is_part and not is_protected(resource):
        yield _UNPROTECTED


def _at(properties: Template, path: str) -> JsonValue:
    """Return the value at a path. The name of a parameter has dots itself."""
    head, _, rest = path.partition(".")
    inside = properties.get(head)
    if not rest:
        found: JsonValue = inside
        return found
    if not isinstance(inside, dict):
        return None
    return inside.get(rest)
