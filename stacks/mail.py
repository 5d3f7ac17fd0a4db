"""Mail in one region."""

from __future__ import annotations

from constructs import Construct

from groundwork.mail import (
    AccountSuppression,
    AddressIdentity,
    DomainIdentity,
    Feedback,
    HostedRecords,
    MailTopic,
    ProductionAccessRequest,
    QuotaAlarms,
    Receiving,
    ReputationAlarms,
    RuleSetActivation,
    SesConfigurationSet,
    SesTenant,
    records_text,
)
from settings.contract import Output
from settings.models.records import Dns
from settings.plan import StackPlan
from settings.plan.mail import AccountItem, MailItems
from stacks.area import AreaStack
from stacks.senders import Senders


class MailStack(AreaStack):
    """Identities, topics, configuration sets and senders of one region.

    A further stack of the region has identities and senders alone, and comes after the first.
    """

    def __init__(self, scope: Construct, plan: StackPlan, items: MailItems) -> None:
        super().__init__(scope, plan)
        self._topics = self._add_topics(items)
        self._sets = self._add_configuration_sets(items)
        self._feedback = Feedback(self, "feedback") if items.has_feedback else None
        self._identities: dict[str, DomainIdentity | AddressIdentity] = {}
        self._add_domains(items)
        self._add_addresses(items)
        self._add_tenants(items)
        self._add_receiving(items)
        if items.account:
            self._add_account(items.account)
        Senders(
            self,
            "senders",
            items=items.senders,
            topics=self._topics,
            undelivered=items.undelivered,
        )

    def _add_topics(self, items: MailItems) -> dict[str, MailTopic]:
        scope = self.group("topics")
        return {
            name: MailTopic(scope, name, name=name, declared=topic)
            for name, topic in items.topics.items()
        }

    def _add_configuration_sets(self, items: MailItems) -> dict[str, SesConfigurationSet]:
        scope, made = self.group("configuration_sets"), {}
        for name, item in items.configuration_sets.items():
            topic = self._topics[item.topic]
            made[name] = SesConfigurationSet(
                scope,
                name,
                name=name,
                declared=item.declared,
                suppression=item.suppression,
                topic=topic,
            )
            ReputationAlarms(made[name], "reputation", configuration_set=name, topic_arn=topic.arn)
            if item.counts:
                made[name].count_by_sender()
            if item.bounces:
                made[name].publish_bounces(self._topics[item.bounces])
            if item.logs:
                made[name].log_events()
        return made

    def _add_domains(self, items: MailItems) -> None:
        scope = self.group("domains")
        for name, item in items.domains.items():
            domain = DomainIdentity(
                scope,
                name,
                name=name,
                declared=item.declared,
                region=self.region,
                configuration_set=self._set_name(item.declared.configuration_set),
            )
            self._identities[name] = domain
            self._send_feedback(name, domain, item.feedback)
            self._publish_records(domain, name, item.declared.dns)

    def _publish_records(self, domain: DomainIdentity, name: str, dns: Dns) -> None:
        if dns.route53_zone:
            HostedRecords(domain, "records", dns=dns, records=domain.records)
        where = "records in Route 53" if dns.route53_zone else "DNS records"
        self.output(
            Output.DNS_RECORDS,
            name,
            records_text(domain.records, without=dns.appended_to(name)),
            f"The {where} of {name}: type, name, value, priority",
        )

    def _add_addresses(self, items: MailItems) -> None:
        scope = self.group("addresses")
        for name, item in items.addresses.items():
            address = AddressIdentity(
                scope,
                name,
                name=name,
                configuration_set=self._set_name(item.declared.configuration_set),
            )
            self._identities[name] = address
            self._send_feedback(name, address, item.feedback)

    def _add_tenants(self, items: MailItems) -> None:
        scope = self.group("tenants")
        for name, item in items.tenants.items():
            SesTenant(
                scope,
                name,
                item=item,
                after=[
                    *(self._identities[identity].identity for identity in item.identities),
                    *(self._sets[used].configuration_set for used in item.configuration_sets),
                ],
                topic_arn=self._topics[item.alarms].arn,
            )
        if items.tenants and items.account:
            self._topics[items.account.alarms].allow_events()

    def _set_name(self, name: str | None) -> str | None:
        """Refer to a set of this stack, so that it comes first; one of the first stack has."""
        return self._sets[name].configuration_set.ref if name in self._sets else name

    def _send_feedback(
        self, name: str, identity: DomainIdentity | AddressIdentity, topic: str | None
    ) -> None:
        if self._feedback and topic:
            self._feedback.send(name, identity=identity, topic=self._topics[topic])

    def _add_receiving(self, items: MailItems) -> None:
        if items.received:
            receiving = Receiving(
                self, "receiving", recipients=items.received, tags=items.received_tags
            )
            RuleSetActivation(self, "activation", receiving=receiving)
            bucket = receiving.bucket.bucket_name
            self.output(Output.RECEIVED_MAIL, "", bucket, "Received mail, kept for 30 days")

    def _add_account(self, item: AccountItem) -> None:
        scope, topic = self.group("account"), self._topics[item.alarms].arn
        AccountSuppression(scope, "suppression", reasons=item.suppression)
        ReputationAlarms(scope, "reputation", configuration_set=None, topic_arn=topic)
        QuotaAlarms(scope, "quota", declared=item.quota, topic_arn=topic)
        if item.production_access:
            ProductionAccessRequest(scope, "production_access", declared=item.production_access)
