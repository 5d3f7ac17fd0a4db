"""Data in one region."""

from __future__ import annotations

from constructs import Construct

from groundwork.data import Aurora, Network, PostgreSql, SecurityGroup
from settings import Settings
from settings import data as declared
from stacks.area import AreaStack


class DataStack(AreaStack):
    """Networks of one region, with the security groups and databases in them.

    Each network is whole in one stack, so that stacks are deployed in any order.
    """

    def __init__(
        self, scope: Construct, *, settings: Settings, region: str, part: str | None = None
    ) -> None:
        super().__init__(scope, "data", settings=settings, region=region, part=part)
        self.prefix = settings.environment
        self.data = settings.data.within(region, part)
        self.networks = self._networks()
        self.security_groups = self._security_groups()
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
                vpc=self._network_of(group).vpc,
                description=group.description,
                blocks=group.blocks,
            )
        for name, group in self.data.security_groups.items():
            for source in group.groups:
                groups[name].admit(source, groups[source])
        return groups

    def _databases(self) -> None:
        scope = self.group("databases")
        for name, database in self.data.databases.items():
            made = self._database(scope, name, database)
            secret = made.password.secret.ref
            self.show(name, "address", value=made.address, description=f"Where {name} listens")
            self.show(name, "secret", value=secret, description=f"Holds the password of {name}")

    def _database(
        self, scope: Construct, name: str, database: declared.PostgreSql | declared.Aurora
    ) -> PostgreSql | Aurora:
        identifier = "-".join(filter(None, (self.prefix, name)))
        network = self._network_of(database)
        groups = [self.security_groups[group] for group in database.security_groups]
        if isinstance(database, declared.Aurora):
            return Aurora(
                scope,
                name,
                identifier=identifier,
                database=database,
                network=network,
                security_groups=groups,
            )
        return PostgreSql(
            scope,
            name,
            identifier=identifier,
            database=database,
            network=network,
            security_groups=groups,
        )

    def _network_of(
        self, item: declared.SecurityGroup | declared.PostgreSql | declared.Aurora
    ) -> Network:
        return self.networks[self.data.network_of(item)]
