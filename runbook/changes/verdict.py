"""What becomes of the data in a resource that changes.

From CloudFormation's own words for the change, and from what the templates say:
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html>
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatereplacepolicy.html>
"""

from __future__ import annotations

from runbook.changes.parts import Effect, Verdict
from runbook.changes.template.values import Template
from settings.contract import DELETION_PROTECTION

# Log groups are not among them: what they hold ends after their retention anyway.
HOLDS_DATA = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::EC2::Volume",
        "AWS::EFS::FileSystem",
        "AWS::KMS::Key",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
    }
)

_BY_POLICY = {
    "Retain": Verdict.KEPT,
    "RetainExceptOnCreate": Verdict.KEPT,
    "Snapshot": Verdict.SNAPSHOT,
    "Delete": Verdict.LOST,
}

_PROPERTY_KEEPS = {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"}


def holds_data(resource: Template | None) -> bool:
    """Tell whether data is lost with a resource.

    An Aurora cluster's instances hold none, and a read replica holds a copy.
    """
    if not resource or resource["Type"] not in HOLDS_DATA:
        return False
    holders = ("DBClusterIdentifier", "SourceDBInstanceIdentifier")
    elsewhere = any(name in resource.get("Properties", {}) for name in holders)
    return resource["Type"] != "AWS::RDS::DBInstance" or not elsewhere


def verdict(effect: Effect, before: Template | None, after: Template | None) -> Verdict | None:
    """Say what becomes of the data, or None when the resource holds none before the change."""
    if not holds_data(before):
        return None
    assert before is not None  # noqa: S101 - holds_data says so; mypy cannot see it
    leaves = effect in (Effect.DELETE, Effect.REPLACE, Effect.MAY_REPLACE)
    if leaves and is_protected(before):
        # CloudFormation asks for the deletion last, and calls the update complete all the same.
        return Verdict.PROTECTED
    match effect:
        case Effect.DELETE | Effect.RETAIN:
            return _BY_POLICY[deletion_policy(before)]
        case Effect.REPLACE | Effect.MAY_REPLACE:
            # CloudFormation takes the policy of the new template while it replaces.
            return _BY_POLICY[(after or before).get("UpdateReplacePolicy", "Delete")]
    return Verdict.KEPT


def is_protected(resource: Template) -> bool:
    """Tell whether RDS refuses to delete it: our stacks say so beside its properties."""
    return True in (
        resource.get("Metadata", {}).get(DELETION_PROTECTION),
        resource.get("Properties", {}).get("DeletionProtection"),
    )


def deletion_policy(resource: Template) -> str:
    """Return what CloudFormation does when the resource leaves its stack.

    Clusters, and instances outside a cluster, are snapshotted unless the template says otherwise;
    everything else is deleted.
    """
    fallback = "Snapshot" if resource["Type"] in _PROPERTY_KEEPS else "Delete"
    return str(resource.get("DeletionPolicy", fallback))
