"""What a replica's consumers come in by, whatever the engine: groups, a bastion, logins."""

from __future__ import annotations

from constructs import Construct

from groundwork.data.bastion import Bastion
from groundwork.data.consumer import ReplicaConsumer
from groundwork.data.sessions import ReplicaSessions
from groundwork.data.vpc import Vpc
from settings.models.replicas import AnyReplica


class ReplicaAccess(Construct):
    """A replica with a security group for each consumer, and a bastion that leads to it alone."""

    sessions: ReplicaSessions | None = None
    """Who may open a tunnel through its bastion, once it has an address."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identifier: str,
        declared: AnyReplica,
        vpc: Vpc,
    ) -> None:
        super().__init__(scope, construct_id)
        self.identifier = identifier
        self.bastion = (
            Bastion(self, "bastion", vpc=vpc, serves=identifier) if declared.has_bastion else None
        )
        said = declared.consumers.values()
        self.roles = sorted({role for consumer in said for role in consumer.roles})
        """Who may open tunnels, by ARN."""
        consumers = Construct(self, "consumers")
        self.consumers = {
            name: ReplicaConsumer(consumers, name, declared=said, identifier=identifier, vpc=vpc)
            for name, said in declared.consumers.items()
        }

    @property
    def secrets(self) -> dict[str, str]:
        """The ARNs of the secrets with the consumers' logins, by the consumers' names."""
        return {name: consumer.secret.ref for name, consumer in self.consumers.items()}

    @property
    def group_ids(self) -> list[str]:
        """The groups that let consumers in, by their ids."""
        consumers = [consumer.group for consumer in self.consumers.values() if consumer.group]
        bastions = [self.bastion.databases] if self.bastion else []
        return [group.group_id for group in (*consumers, *bastions)]

    def add_sessions(self, host: str) -> None:
        """Allow tunnels through its bastion to its own host."""
        if not self.bastion:
            return
        self.sessions = ReplicaSessions(
            self,
            "sessions",
            bastion=self.bastion.instance.ref,
            host=host,
            serves=self.identifier,
            roles=self.roles,
        )
