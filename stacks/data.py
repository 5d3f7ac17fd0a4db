"""Data in one region."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from groundwork.data import (
    AuroraCluster,
    AuroraReader,
    AuroraReplicas,
    Bastion,
    DatabaseAlarms,
    DatabaseContext,
    DatabaseDrill,
    DatabaseSecurityGroup,
    DeletionProtection,
    PostgreSqlInstance,
    PostgreSqlReplica,
    ProxyTargets,
    ReplicaAlarms,
    ReplicaContext,
    SessionLog,
    Vpc,
    Watch,
    make_database,
    reader_watches,
    replica_watches,
)
from settings.contract import Output
from settings.models.databases import PostgreSql
from settings.models.replicas import AuroraReplica, ConsumerName, Replica, replica_identifier
from settings.plan import StackPlan
from settings.plan.data import DatabaseItem, DataItems
from stacks.area import AreaStack


class DataStack(AreaStack):
    """Networks of one region, with the security groups and databases in them.

    Each network is whole in one stack, so that stacks are deployed in any order.
    """

    def __init__(self, scope: Construct, plan: StackPlan, items: DataItems) -> None:
        super().__init__(scope, plan)
        self._networks = self._add_networks(items)
        self._security_groups = self._add_security_groups(items)
        days = items.session_log_days
        self._session_log = SessionLog(self, "session_log", days=days) if days else None
        self._bastions = self._add_bastions(items)
        if items.databases:
            self._protection = DeletionProtection(self, "deletion_protection")
        if items.proxies:
            self._proxy_targets = ProxyTargets(self, "proxy_targets")
        databases = self.group("databases")
        for name, item in items.databases.items():
            self._add_database(databases, name, item)

    def _add_networks(self, items: DataItems) -> dict[str, Vpc]:
        scope = self.group("networks")
        return {
            name: Vpc(
                scope,
                name,
                declared=item.declared,
                public=item.public,
                bastion=item.bastion or item.replica_bastions,
                replica_subnets=item.replica_subnets,
            )
            for name, item in items.networks.items()
        }

    def _add_security_groups(self, items: DataItems) -> dict[str, DatabaseSecurityGroup]:
        """Make all groups first, then the rules between them."""
        scope, groups = self.group("security_groups"), {}
        for name, item in items.security_groups.items():
            groups[name] = DatabaseSecurityGroup(
                scope,
                name,
                name=name,
                vpc=self._networks[item.network],
                description=item.declared.description,
                blocks=item.declared.blocks,
            )
        for name, item in items.security_groups.items():
            for source in item.declared.groups:
                groups[name].admit(source, groups[source])
        return groups

    def _add_bastions(self, items: DataItems) -> dict[str, Bastion]:
        bastions = {
            name: Bastion(self._networks[name], "bastion", vpc=self._networks[name])
            for name, item in items.networks.items()
            if item.bastion
        }
        for name, bastion in bastions.items():
            self._log_sessions(bastion)
            self.output(Output.BASTION, name, bastion.instance.ref, f"The bastion of {name}")
        return bastions

    def _log_sessions(self, bastion: Bastion) -> None:
        if self._session_log:
            self._session_log.grant(bastion.role)

    def _add_database(self, scope: Construct, name: str, item: DatabaseItem) -> None:
        context = DatabaseContext(
            identifier=item.identifier,
            vpc=self._networks[item.network],
            security_groups=self._groups_of(item),
            protection=self._protection,
        )
        made = make_database(scope, name, declared=item.declared, context=context)
        alarms = self._add_alarms(made, item) if item.declared.notify else None
        if item.declared.drill and alarms:
            topic = alarms.topic.arn
            DatabaseDrill(made, "drill", database=made, context=context, topic_arn=topic)
        secret = made.password.secret.ref
        self.output(Output.DATABASE_ADDRESS, name, made.address, f"Host and port of {name}")
        self.output(Output.DATABASE_SECRET, name, secret, f"The password of {name}")
        if isinstance(made, AuroraCluster):
            self._add_readers(made, item, alarms)
        else:
            self._add_replicas(made, item, alarms)

    def _add_alarms(self, database: Construct, item: DatabaseItem) -> DatabaseAlarms:
        return DatabaseAlarms(
            database,
            "alarms",
            identifier=item.identifier,
            declared=item.declared,
            notify=item.declared.notify,
            replicas=[replica.identifier for replica in item.replicas.values()],
        )

    def _add_replicas(
        self, source: PostgreSqlInstance, item: DatabaseItem, alarms: DatabaseAlarms | None
    ) -> None:
        scope = Construct(source, "replicas") if item.replicas else source
        for name, replica in item.replicas.items():
            if not isinstance(replica.declared, Replica):
                continue
            bastion = None if replica.declared.public else self._bastions.get(item.network)
            made = PostgreSqlReplica(
                scope,
                name,
                declared=replica.declared,
                source=source,
                context=ReplicaContext(
                    identifier=replica.identifier,
                    vpc=self._networks[item.network],
                    operators=[bastion.databases] if bastion else [],
                    protection=self._protection,
                ),
            )
            watched = replica_watches(source.declared, replica.declared.instance)
            self._add_replica(source.node.id, made, alarms, watched)

    def _add_readers(
        self, cluster: AuroraCluster, item: DatabaseItem, alarms: DatabaseAlarms | None
    ) -> None:
        declared = {
            name: (replica.identifier, replica.declared)
            for name, replica in item.replicas.items()
            if isinstance(replica.declared, AuroraReplica)
        }
        if not declared:
            return
        made = AuroraReplicas(
            cluster,
            "replicas",
            cluster=cluster,
            declared=declared,
            vpc=self._networks[item.network],
            targets=self._proxy_targets,
        )
        for replica in made.replicas.values():
            self._add_replica(cluster.node.id, replica, alarms, reader_watches(cluster.declared))

    def _add_replica(
        self,
        database: str,
        made: PostgreSqlReplica | AuroraReader,
        alarms: DatabaseAlarms | None,
        watched: Sequence[Watch],
    ) -> None:
        if alarms:
            topic = alarms.topic.arn
            ReplicaAlarms(
                made, "alarms", identifier=made.identifier, watched=watched, topic_arn=topic
            )
        name = made.node.id
        item, called = replica_identifier(database, name), f"the replica {name} of {database}"
        self.output(Output.REPLICA_ADDRESS, item, made.address, f"Host and port of {called}")
        if made.bastion and made.sessions:
            self._log_sessions(made.bastion)
            instance, document = made.bastion.instance.ref, made.sessions.document.ref
            policy = made.sessions.policy.managed_policy_arn
            self.output(Output.REPLICA_BASTION, item, instance, f"The bastion of {called}")
            self.output(Output.REPLICA_DOCUMENT, item, document, f"Opens tunnels to {called}")
            self.output(Output.REPLICA_POLICY, item, policy, f"Allows tunnels to {called}, only")
        for consumer, secret in made.secrets.items():
            named = str(ConsumerName(database, name, consumer))
            self.output(Output.CONSUMER_SECRET, named, secret, f"{consumer}'s login to {called}")

    def _groups_of(self, item: DatabaseItem) -> list[DatabaseSecurityGroup]:
        """Let a bastion reach what has no public address. Aurora then lets in nobody else."""
        groups = [self._security_groups[group] for group in item.declared.security_groups]
        bastion = self._bastions.get(item.network)
        if not bastion or item.declared.public:
            return groups
        return [bastion.databases, *(groups if isinstance(item.declared, PostgreSql) else [])]
