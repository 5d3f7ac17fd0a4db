"""Data in one region."""

from __future__ import annotations

from functools import cached_property

from constructs import Construct

from groundwork.data import Alarms, AlarmTopic, Bastion, Network, SecurityGroup, make_database
from settings import Settings
from settings.models.data import Aurora, PostgreSql
from stacks.area import AreaStack


class DataStack(AreaStack):
    """Networks of one region, with the security groups and databases in them.

    Each network is whole in one stack, so that stacks are deployed in any order.
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "data", settings=settings, region=region, part=part)
        self.settings = settings
        self.data = settings.data.within(region, part)
        self.networks = self._networks()
        self.security_groups = self._security_groups()
        self.bastions = self._bastions()
        self._databases()

    def _networks(self) -> dict[str, Network]:
        scope = self.group("networks")
        return {
            name: Network(scope, name, network=network, public=self.data.is_public(name))
            for name, network in self.data.networks.items()
        }

    def _security_groups(self) -> dict[str, SecurityGroup]:
        """Make all groups first, then the rules between them."""
        scope, groups = self.group("security_groups"), {}
        for name, group in self.data.security_groups.items():
            groups[name] = SecurityGroup(
                scope,
                name,
                name=name,
                vpc=self.networks[self.data.network_of(group)].vpc,
                description=group.description,
                blocks=group.blocks,
            )
        for name, group in self.data.security_groups.items():
            for source in group.groups:
                groups[name].admit(source, groups[source])
        return groups

    def _bastions(self) -> dict[str, Bastion]:
        bastions = {
            name: Bastion(network, "bastion", network=network)
            for name, network in self.networks.items()
            if self.data.has_bastion(name)
        }
        for name, bastion in bastions.items():
            instance = bastion.instance.ref
            self.show(name, "bastion", value=instance, description=f"The bastion of {name}")
        return bastions

    def _databases(self) -> None:
        scope = self.group("databases")
        for name, database in self.data.databases.items():
            identifier = self.settings.named(name)
            made = make_database(
                scope,
                name,
                identifier=identifier,
                database=database,
                network=self.networks[self.data.network_of(database)],
                security_groups=self._groups_of(database),
            )
            if database.notify:
                topic = self.alarm_topic.topic
                Alarms(made, "alarms", identifier=identifier, database=database, topic=topic)
            secret = made.password.secret.ref
            self.show(name, "address", value=made.address, description=f"The address of {name}")
            self.show(name, "secret", value=secret, description=f"The password of {name}")
        for address, names in self.data.listeners().items():
            self.alarm_topic.tell(address, [self.settings.named(name) for name in names])

    @cached_property
    def alarm_topic(self) -> AlarmTopic:
        """Made when the first database needs it."""
        return AlarmTopic(self, "alarms")

    def _groups_of(self, database: PostgreSql | Aurora) -> list[SecurityGroup]:
        """Let a bastion reach what has no public address. Aurora then lets in nobody else."""
        groups = [self.security_groups[group] for group in database.security_groups]
        bastion = self.bastions.get(self.data.network_of(database))
        if not bastion or database.public:
            return groups
        return [bastion.databases, *(groups if isinstance(database, PostgreSql) else [])]
