"""Mail in one region."""

from __future__ import annotations

from constructs import Construct

from groundwork.mail import (
    AccountSuppression,
    Activation,
    AddressIdentity,
    ConfigurationSet,
    DomainIdentity,
    Feedback,
    HostedRecords,
    NotificationTopic,
    ProductionAccess,
    QuotaAlarms,
    Receiving,
    ReputationAlarms,
    as_text,
)
from settings import Settings
from settings.models.identities import Dns
from settings.models.topics import ALARMS, topic_name
from stacks.area import AreaStack
from stacks.senders import Senders


class MailStack(AreaStack):
    """Identities, topics, configuration sets and senders of one region."""

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "mail", settings=settings, region=region, part=part)
        self._mail = settings.mail
        if part is None:
            self._topics = self._add_topics()
            self._sets = self._add_configuration_sets()
            self._feedback = Feedback(self, "feedback") if self._mail.told_of(region) else None
            self._add_domains()
            self._add_addresses()
            self._add_receiving()
            self._add_account()
        else:
            self._topics = {}
            self.node.add_dependency(scope.node.find_child(f"mail-{region}"))
        Senders(self, "senders", mail=self._mail, part=part, topics=self._topics)

    def _add_topics(self) -> dict[str, NotificationTopic]:
        scope = self.group("topics")
        made = {}
        for name, declared in self._mail.topics(self.region).items():
            made[name] = NotificationTopic(scope, name, name=name, declared=declared)
            self.show(name, "topic", value=made[name].arn, description=f"The topic {name}")
        return made

    def _add_configuration_sets(self) -> dict[str, ConfigurationSet]:
        scope = self.group("configuration_sets")
        made = {}
        for name, declared in self._mail.configuration_sets.items():
            if self.region in declared.regions:
                topic = self._topics[self._mail.topic_of(name)]
                made[name] = ConfigurationSet(
                    scope,
                    name,
                    name=name,
                    declared=declared,
                    suppression=self._mail.suppression_of(name),
                    topic=topic,
                )
                ReputationAlarms(made[name], "reputation", configuration_set=name, topic=topic.arn)
                self._follow_senders(name, made[name])
        return made

    def _follow_senders(self, name: str, configuration_set: ConfigurationSet) -> None:
        senders = self._mail.senders_of(name, self.region).values()
        if senders:
            configuration_set.count_by_sender()
        if any(sender.bounces_to for sender in senders):
            configuration_set.tell_of_bounces(self._topics[self._mail.bounces_of(name)])
        if any(sender.delivery_logs for sender in senders):
            configuration_set.log_events()

    def _add_domains(self) -> None:
        scope = self.group("domains")
        for name, declared in self._mail.domains.items():
            if self.region in declared.regions:
                domain = DomainIdentity(
                    scope,
                    name,
                    name=name,
                    declared=declared,
                    region=self.region,
                    configuration_set=self._sets.get(declared.configuration_set or ""),
                )
                self._send_feedback(name, domain)
                self._publish_records(domain, name, declared.dns)

    def _publish_records(self, domain: DomainIdentity, name: str, dns: Dns) -> None:
        if dns.route53_zone:
            HostedRecords(domain, "records", dns=dns, records=domain.records)
        else:
            self.show(
                name,
                "records",
                value=as_text(domain.records, without=dns.appended_to(name)),
                description=f"The DNS records of {name}: type, name, value, priority",
            )

    def _add_addresses(self) -> None:
        scope = self.group("addresses")
        for name, declared in self._mail.addresses.items():
            if self.region in declared.regions:
                address = AddressIdentity(
                    scope,
                    name,
                    name=name,
                    configuration_set=self._sets.get(declared.configuration_set or ""),
                )
                self._send_feedback(name, address)

    def _send_feedback(self, name: str, identity: DomainIdentity | AddressIdentity) -> None:
        if self._feedback and name in self._mail.told_of(self.region):
            topic = self._topics[topic_name(name)]
            self._feedback.send(name, identity=identity, topic=topic)

    def _add_receiving(self) -> None:
        recipients = self._mail.received_in(self.region)
        if recipients:
            receiving = Receiving(self, "receiving", recipients=recipients)
            Activation(self, "activation", receiving=receiving)
            self.show(
                "received mail",
                value=receiving.bucket.bucket_name,
                description="The bucket of received mail: kept for 30 days",
            )

    def _add_account(self) -> None:
        scope = self.group("account")
        topic = self._topics[ALARMS].arn
        AccountSuppression(scope, "suppression", reasons=self._mail.suppression)
        ReputationAlarms(scope, "reputation", configuration_set=None, topic=topic)
        QuotaAlarms(scope, "quota", quota=self._mail.quota, topic=topic)
        if self._mail.production_access:
            ProductionAccess(scope, "production_access", declared=self._mail.production_access)
