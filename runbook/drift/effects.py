"""What our functions set: feedback, the active rule set, suppression, protection, proxies.

CloudFormation has no resource for them and cannot see them drift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from runbook.changes.template.values import Template
from runbook.drift.change import Change, Sort
from runbook.drift.deployed import Deployed
from runbook.drift.missing import while_there
from settings.contract import CustomType

FEEDBACK = ("Bounce", "Complaint")


def changed(stack: Deployed) -> Iterator[Change]:
    """Yield the settings that are no longer what the stack's functions made them."""
    for kind, (sort, compare) in EFFECTS.items():
        for place, _, properties in stack.of(kind):
            for what, was, now in while_there(compare(stack, properties)):
                if was != now:
                    yield Change(
                        stack=stack.name,
                        region=stack.region,
                        place=place.removesuffix("/Default"),
                        sort=sort,
                        what=what,
                        was=was,
                        now=now,
                        reversible=False,
                    )


Compared = Iterator[tuple[str, object, object]]


def _feedback(stack: Deployed, properties: Template) -> Compared:
    """Compare the topics of an identity's feedback.

    <https://docs.aws.amazon.com/ses/latest/APIReference/API_GetIdentityNotificationAttributes.html>
    """
    identity, topic = properties["Identity"], properties["Topic"]
    answer = stack.ses.get_identity_notification_attributes(Identities=[identity])
    found: Mapping[str, object] = answer["NotificationAttributes"].get(identity, {})
    for kind in FEEDBACK:
        yield f"{kind.lower()}s of {identity} go to", topic, found.get(f"{kind}Topic")
        headers = found.get(f"HeadersIn{kind}NotificationsEnabled", False)
        yield f"headers with {kind.lower()}s of {identity}", True, headers


def _active_rule_set(stack: Deployed, properties: Template) -> Compared:
    found = stack.ses.describe_active_receipt_rule_set()
    yield "active receipt rule set", properties["RuleSet"], found.get("Metadata", {}).get("Name")


def _suppression(stack: Deployed, properties: Template) -> Compared:
    found = stack.sesv2.get_account().get("SuppressionAttributes", {})
    now = sorted(found.get("SuppressedReasons", ()))
    yield "account suppression", sorted(properties["Reasons"]), now


def _deletion_protection(stack: Deployed, properties: Template) -> Compared:
    rds, name = stack.rds, properties["Identifier"]
    if properties["Kind"] == "cluster":
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        now = cluster["DeletionProtection"]
    else:
        (instance,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        now = instance["DeletionProtection"]
    yield "deletion protection", properties["Enabled"] == "true", now


def _proxy_targets(stack: Deployed, properties: Template) -> Compared:
    name = properties["Proxy"]
    found = stack.rds.describe_db_proxy_targets(DBProxyName=name)["Targets"]
    clusters = [each["RdsResourceId"] for each in found if each.get("Type") == "TRACKED_CLUSTER"]
    yield f"proxy {name} leads to", [properties["Cluster"]], clusters


EFFECTS: Mapping[str, tuple[Sort, Callable[[Deployed, Template], Compared]]] = {
    CustomType.IDENTITY_FEEDBACK: (Sort.MAIL, _feedback),
    CustomType.ACTIVE_RULE_SET: (Sort.MAIL, _active_rule_set),
    CustomType.ACCOUNT_SUPPRESSION: (Sort.MAIL, _suppression),
    CustomType.DELETION_PROTECTION: (Sort.DATA, _deletion_protection),
    CustomType.PROXY_TARGETS: (Sort.DATA, _proxy_targets),
}
"""By the type of the custom resource that set it."""
