"""The senders of one stack: who may send, and who is told of what becomes of their mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs import Construct

from groundwork.credentials import Credentials, CredentialsFunction
from groundwork.mail import (
    BounceContacts,
    DeliveryLog,
    DeliveryLogAccess,
    NotificationTopic,
    Sender,
    VolumeAlarm,
    configuration_set_arn,
    identity_arn,
    topic_arn,
)
from settings.models.mail import Mail
from settings.models.senders import Sender as Declared
from stacks.area import AreaStack


class Senders(Construct):
    """Senders in their stack: the user in the first of their regions, what watches it in each.

    `topics` are those of the same stack, by name. A further stack of the region has none, comes
    after the one that has, and finds them by their names.
    """

    def __init__(
        self,
        stack: AreaStack,
        identifier: str,
        *,
        mail: Mail,
        part: str | None,
        topics: Mapping[str, NotificationTopic],
    ) -> None:
        super().__init__(stack, identifier)
        self._stack, self._mail, self._topics = stack, mail, topics
        here = {
            name: sender
            for name, sender in mail.senders.items()
            if sender.stack == part and stack.region in sender.regions
        }
        if any(sender.regions[0] == stack.region for sender in here.values()):
            self._keys = CredentialsFunction(stack, "credentials")
        for name, sender in here.items():
            scope: Construct
            if sender.regions[0] == stack.region:
                scope = self._add_sender(name, sender)
            else:
                scope = Construct(self, name)
            self._watch(scope, name, sender)
        if any(sender.delivery_logs for sender in here.values()):
            DeliveryLogAccess(stack, "delivery_logs", logs_of=self)

    def _add_sender(self, name: str, declared: Declared) -> Sender:
        made = Sender(
            self, name, name=name, declared=declared, sends_through=self._resources(name, declared)
        )
        credentials = Credentials(
            made,
            "credentials",
            user=made.user,
            settings=declared.credentials,
            function=self._keys,
            region=self._stack.region,
            contents={
                "from": [*declared.from_addresses],
                "configuration_set": self._mail.set_of(name) or "",
            },
            smtp_hosts={name: f"email-smtp.{name}.amazonaws.com" for name in declared.regions},
        )
        self._stack.show(
            name, "secret", value=credentials.secret_arn, description=f"SMTP credentials of {name}"
        )
        return made

    def _resources(self, name: str, declared: Declared) -> Iterator[str]:
        for region in declared.regions:
            for identity in self._mail.identities_of(name, region):
                yield identity_arn(self, identity, region)
            yield configuration_set_arn(self, self._mail.set_of(name) or "", region)

    def _topic(self, name: str) -> str:
        return self._topics[name].arn if name in self._topics else topic_arn(self, name)

    def _watch(self, scope: Construct, name: str, declared: Declared) -> None:
        used = self._mail.set_of(name) or ""
        alarms, bounces = self._mail.topic_of(used), self._mail.bounces_of(used)
        VolumeAlarm(
            scope,
            "volume",
            sender=name,
            daily=declared.volume.daily,
            topic=self._topic(alarms),
        )
        if declared.bounces_to:
            BounceContacts(
                scope,
                "bounces",
                sender=name,
                contacts=declared.bounces_to,
                topic=self._topic(bounces),
            )
        if declared.delivery_logs:
            log = DeliveryLog(scope, "delivery_log", sender=name, days=declared.delivery_logs_days)
            self._stack.show(
                name, "delivery log", value=log.log_group.ref, description=f"Mail of {name}"
            )
