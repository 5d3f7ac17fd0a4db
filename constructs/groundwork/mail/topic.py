"""The topic through which people hear of bounces, complaints and other events of their mail."""

from __future__ import annotations

from constructs import Construct

from groundwork.kit import NotificationTopic
from groundwork.mail.arns import configuration_set_arn, identity_arn
from settings.models.topics import Topic


class MailTopic(NotificationTopic):
    """A topic to which SES publishes for the declared identities and configuration sets only."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, declared: Topic) -> None:
        super().__init__(scope, construct_id, name=name, subscribers=declared.subscribers)
        sources = [
            *(identity_arn(self, name) for name in sorted(declared.identities)),
            *(configuration_set_arn(self, name) for name in sorted(declared.configuration_sets)),
        ]
        if sources:
            self.allow_ses(sources)
        if declared.alarms:
            self.allow_alarms()
