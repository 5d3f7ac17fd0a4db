"""Mail in one region."""

from __future__ import annotations

from aws_cdk import Annotations
from constructs import Construct

from groundwork.mail.configuration_set import ConfigurationSet
from groundwork.mail.identity import AddressIdentity, DomainIdentity
from groundwork.mail.receiving import Receiving
from groundwork.mail.records import HostedRecords, as_text
from groundwork.mail.topic import NotificationTopic
from settings import Settings
from settings.identities import Dns
from stacks.area import AreaStack


class MailStack(AreaStack):
    """Identities, topics, configuration sets and senders of one region."""

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "mail", settings=settings, region=region, part=part)
        self._mail = settings.mail
        self._region = region
        if part is None:
            self._topics = self._add_topics()
            self._sets = self._add_configuration_sets()
            self._add_domains()
            self._add_addresses()
            self._add_receiving()

    def _add_topics(self) -> dict[str, NotificationTopic]:
        scope = self.group("topics")
        made = {}
        for name, declared in self._mail.topics(self._region).items():
            made[name] = NotificationTopic(scope, name, name=name, declared=declared)
            self.show(name, "topic", value=made[name].arn, description=f"The topic {name}")
        return made

    def _add_configuration_sets(self) -> dict[str, ConfigurationSet]:
        scope = self.group("configuration_sets")
        made = {}
        for name, declared in self._mail.configuration_sets.items():
            if self._region in declared.regions:
                made[name] = ConfigurationSet(
                    scope,
                    name,
                    name=name,
                    declared=declared,
                    suppression=self._mail.suppression_of(name),
                    topic=self._topics[self._mail.topic_of(name)],
                )
        return made

    def _add_domains(self) -> None:
        scope = self.group("domains")
        for name, declared in self._mail.domains.items():
            if self._region in declared.regions:
                domain = DomainIdentity(
                    scope,
                    name,
                    name=name,
                    declared=declared,
                    region=self._region,
                    configuration_set=self._sets.get(declared.configuration_set or ""),
                )
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
        apart = dict(self._mail.apart())
        for name, declared in self._mail.addresses.items():
            if self._region in declared.regions:
                address = AddressIdentity(
                    scope,
                    name,
                    name=name,
                    configuration_set=self._sets.get(declared.configuration_set or ""),
                )
                if name in apart:
                    Annotations.of(address).add_info(
                        f"{name} is verified on its own: what is declared for {apart[name]} "
                        "(notify, configuration_set, MAIL FROM) does not apply to it"
                    )

    def _add_receiving(self) -> None:
        domains = self._mail.received_in(self._region)
        if domains:
            receiving = Receiving(self, "receiving", domains=domains)
            self.show(
                "received mail",
                value=receiving.bucket.bucket_name,
                description="The bucket with the mail that SES received, kept for 30 days",
            )
