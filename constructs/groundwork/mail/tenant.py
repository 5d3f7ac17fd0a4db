"""A tenant: senders that SES judges and pauses apart from all others."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_ses as ses
from constructs import Construct, IDependable

from groundwork.checks import acknowledge
from groundwork.kit import arn
from groundwork.mail.arns import configuration_set_arn, identity_arn, tenant_arn
from settings.plan.mail import TenantItem

OLDER = (
    "The CDK's validation carries an older schema of the type, without ReputationEntity. "
    "CloudFormation's own has it, and cfn-lint checks against that."
)
PAUSED, RESUMED = "Sending Status Disabled", "Sending Status Enabled"


class SesTenant(Construct):
    """A tenant with the identities and configuration sets of its senders, and who hears of a pause.

    SES takes mail of a tenant on what is associated with it alone, so that these come first; and it
    deletes nothing that is associated, so that they go last. A message belongs to the tenant that
    its header X-SES-TENANT names, and to none without the header.
    <https://docs.aws.amazon.com/ses/latest/dg/tenants.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        item: TenantItem,
        after: Sequence[IDependable],
        topic_arn: str,
    ) -> None:
        """`after` is what is associated, as far as the stack makes it."""
        super().__init__(scope, construct_id)
        arns = [
            *(identity_arn(self, name) for name in item.identities),
            *(configuration_set_arn(self, name) for name in item.configuration_sets),
        ]
        self.tenant = ses.CfnTenant(
            self,
            "tenant",
            tenant_name=item.tenant,
            reputation_entity=ses.CfnTenant.ReputationEntityProperty(
                policy=ses.CfnTenant.ReputationPolicyProperty(
                    reputation_entity_policy=self._policy(item.declared.pause)
                )
            ),
            resource_associations=[
                ses.CfnTenant.ResourceAssociationProperty(resource_arn=each) for each in arns
            ],
        )
        self.tenant.node.add_dependency(*after)
        acknowledge(self.tenant, "F3002", OLDER)
        self._tell(item, topic_arn)

    def _policy(self, name: str) -> str:
        """Return the ARN of a policy of SES's own: AWS stands where the account does elsewhere."""
        return arn("ses", f"reputation-policy/{name}", region=Stack.of(self).region, account="aws")

    def _tell(self, item: TenantItem, topic_arn: str) -> None:
        events.CfnRule(
            self,
            "paused",
            description=f"The tenant {item.tenant} is paused, or sends again",
            event_pattern={
                "source": ["aws.ses"],
                "detail-type": [PAUSED, RESUMED],
                "resources": [{"prefix": f"{tenant_arn(self, item.tenant)}/"}],
            },
            targets=[events.CfnRule.TargetProperty(id="topic", arn=topic_arn)],
        )
