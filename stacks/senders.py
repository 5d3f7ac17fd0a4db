"""The senders of one stack: who may send, and who gets their bounces and alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs import Construct

from groundwork.credentials import AccessKeyFunction, AccessKeySecret
from groundwork.mail import (
    BounceContacts,
    DeliveryLog,
    DeliveryLogAccess,
    MailTopic,
    SenderUser,
    UndeliveredEvents,
    VolumeAlarm,
    configuration_set_arn,
    identity_arn,
    topic_arn,
)
from settings.contract import Output
from settings.plan.mail import SenderItem
from stacks.area import AreaStack


class Senders(Construct):
    """Senders in their stack: the user in the first of their regions, what watches it in each.

    `topics` are those of the same stack, by name. A further stack of the region has none, comes
    after the one that has, and finds them by their names.
    """

    def __init__(
        self,
        stack: AreaStack,
        construct_id: str,
        *,
        items: Mapping[str, SenderItem],
        topics: Mapping[str, MailTopic],
        undelivered: str | None,
    ) -> None:
        """`undelivered` is the topic that hears of events no delivery log has, if there are any."""
        super().__init__(stack, construct_id)
        self._stack, self._topics = stack, topics
        if undelivered:
            DeliveryLogAccess(stack, "delivery_logs", logs_of=self)
            self._undelivered = UndeliveredEvents(
                stack, "undelivered_events", logs_of=self, topic_arn=self._topic(undelivered)
            )
        if any(self._is_home(item) for item in items.values()):
            self._keys = AccessKeyFunction(stack, "credentials")
        for name, item in items.items():
            home = self._is_home(item)
            scope = self._add_sender(name, item) if home else Construct(self, name)
            self._watch(scope, name, item)

    def _is_home(self, item: SenderItem) -> bool:
        return item.declared.regions[0] == self._stack.region

    def _add_sender(self, name: str, item: SenderItem) -> Construct:
        made = SenderUser(
            self,
            name,
            name=item.user,
            declared=item.declared,
            sends_through=self._resources(item),
            sandbox=[identity_arn(self, "*", region) for region in item.identities if item.sandbox],
            tenant=item.tenant,
        )
        regions = item.declared.regions
        credentials = AccessKeySecret(
            made,
            "credentials",
            user=made.user,
            declared=item.declared.credentials,
            function=self._keys,
            region=self._stack.region,
            contents={
                "from": [*item.declared.from_addresses],
                "configuration_set": item.configuration_set,
                **({"tenant": item.tenant} if item.tenant else {}),
            },
            smtp_hosts={region: f"email-smtp.{region}.amazonaws.com" for region in regions},
        )
        self._stack.output(
            Output.SENDER_SECRET, name, credentials.secret_arn, f"SMTP credentials of {name}"
        )
        return made

    def _resources(self, item: SenderItem) -> Iterator[str]:
        for region, identities in item.identities.items():
            for identity in identities:
                yield identity_arn(self, identity, region)
            yield configuration_set_arn(self, item.configuration_set, region)

    def _topic(self, name: str) -> str:
        return self._topics[name].arn if name in self._topics else topic_arn(self, name)

    def _watch(self, scope: Construct, name: str, item: SenderItem) -> None:
        declared = item.declared
        VolumeAlarm(
            scope,
            "volume",
            sender=item.user,
            daily=declared.volume.daily,
            topic_arn=self._topic(item.alarms),
        )
        if declared.bounces_to:
            BounceContacts(
                scope,
                "bounces",
                sender=item.user,
                contacts=declared.bounces_to,
                topic_arn=self._topic(item.bounces),
            )
        if declared.delivery_logs:
            log = DeliveryLog(
                scope,
                "delivery_log",
                sender=item.user,
                days=declared.delivery_logs_days,
                undelivered=self._undelivered.queue_arn,
            )
            self._stack.output(Output.DELIVERY_LOG, name, log.log_group.ref, f"Mail of {name}")
