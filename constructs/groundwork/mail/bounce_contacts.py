"""The people who hear of a sender's hard bounces."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_sns as sns
from constructs import Construct

from groundwork.mail.alarms import SENDER


class BounceContacts(Construct):
    """Subscriptions to the bounces of a configuration set: the permanent ones of one sender.

    The event has the sender in a tag that SES writes itself, whatever the message says.
    <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sender: str,
        contacts: Sequence[str],
        topic_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        for contact in contacts:
            sns.CfnSubscription(
                self,
                contact,
                topic_arn=topic_arn,
                protocol="email",
                endpoint=contact,
                filter_policy_scope="MessageBody",
                filter_policy={
                    "bounce": {"bounceType": ["Permanent"]},
                    "mail": {"tags": {SENDER: [sender]}},
                },
            )
