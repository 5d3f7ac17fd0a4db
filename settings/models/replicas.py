"""Read replicas: what others read of a database, without a way to the database itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Annotated, ClassVar, NamedTuple

from pydantic import Field

from settings.models.base import Model, Problem
from settings.models.networks import MOST_RULES, is_wide, narrower
from settings.models.senders import RetentionDays
from settings.values.databases import InstanceClass, LoginName, SchemaName
from settings.values.matching import Matching
from settings.values.names import Label, RoleArn
from settings.values.networks import Cidr, Cidr4

MOST_REPLICAS = 15
"""<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html>"""

ExactVersion = Annotated[
    str, Matching(r"\d{2}\.\d{1,2}", 'an exact version between quotes, as in "17.9"')
]


def replica_identifier(database: str, replica: str) -> str:
    """Return a replica's identifier in RDS, but for the environment: that of both items."""
    return f"{database}-{replica}"


class ConsumerName(NamedTuple):
    """Which consumer it is: `books/reports/partner`."""

    database: str
    replica: str
    consumer: str

    @property
    def place(self) -> tuple[str, ...]:
        """Return where it stands in the file."""
        replica = ("databases", self.database, "replicas", self.replica)
        return ("data", *replica, "consumers", self.consumer)

    def __str__(self) -> str:
        return "/".join(self)


class Login(Model):
    """The password of a consumer's login, kept in Secrets Manager."""

    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Raise it by one to generate another password, which `groundwork database passwords` sets."""
    readers: tuple[RoleArn, ...] = ()
    """The roles that may read the secret, among them whoever sets the password in the database.

    Nobody else can then; without any, whoever the account's own policies allow.
    """


class Consumer(Model):
    """Somebody outside the team who reads a replica, with a login that does nothing else."""

    from_blocks: Annotated[tuple[Cidr, ...], Field(alias="from")] = ()
    """The address blocks that may connect to the replica. None of them may reach the database."""
    bastion: bool = False
    """Let them in through a bastion of the replica's own, which leads nowhere else."""
    roles: tuple[RoleArn, ...] = ()
    """The roles of the account that may open a tunnel through the bastion.

    They must exist. Without any, whoever runs the account attaches the policy that allows it.
    """
    user: LoginName | None = None
    """The login; the item's own name, with underscores for hyphens, unless named."""
    schemas: Annotated[tuple[SchemaName, ...], Field(min_length=1)] = ("public",)
    """The schemas whose tables and views the login may read."""
    credentials: Login = Login()
    """The login's password, and who may read it."""

    def login(self, item: str) -> str:
        """Return the name of the login of the item of this name."""
        return self.user or item.replace("-", "_")

    def problems(self) -> Iterator[Problem]:
        """A consumer has a way in, and one that is of somebody in particular."""
        if not self.from_blocks and not self.bastion:
            yield Problem(("from",), "named, or bastion: true: nobody can connect otherwise")
        if self.roles and not self.bastion:
            yield Problem(("roles",), "unset without bastion: true: they open tunnels through it")
        for index, role in enumerate(self.roles):
            if "/AWSReservedSSO_" in role:
                message = "a role of your own: name the policy in its permission set instead"
                yield Problem(("roles", index), message)
        versions = [ip_network(block).version for block in self.from_blocks]
        if max(versions.count(4), versions.count(6)) > MOST_RULES:
            message = f"a list of {MOST_RULES} blocks at most for IPv4, and as many for IPv6"
            yield Problem(("from",), f"{message}: EC2 takes no more rules in a group")
        for index, block in enumerate(self.from_blocks):
            if is_wide(block):
                message = f"{narrower(block)}: a consumer is somebody in particular"
                yield Problem(("from", index), message)


Consumers = Annotated[Mapping[Label, Consumer], Field(min_length=1)]


class _Replica(Model):
    consumers: Consumers
    """Who reads it, by name. Each has a security group, a login and a secret of its own."""
    subnets: tuple[Cidr4, ...] = ()
    """Blocks of the network that are kept for replicas: databases are in all others. In two zones.

    Declare them together with the replica. Unless named, it is where the database is.
    """
    log_days: RetentionDays = 365
    """For how many days CloudWatch keeps who connected and which statements they sent."""

    @property
    def has_bastion(self) -> bool:
        """Whether a consumer comes through a bastion of the replica's own."""
        return any(consumer.bastion for consumer in self.consumers.values())

    @property
    def _groups_of_consumers(self) -> int:
        own = sum(bool(consumer.from_blocks) for consumer in self.consumers.values())
        return own + self.has_bastion


class Replica(_Replica):
    """A read replica of an RDS instance, with an address, a network and a log of its own."""

    instance: InstanceClass
    """The instance class, with at least the memory of the database's own."""
    version: ExactVersion | None = None
    """Its own version, raised in a change before that of the database, where that is an exact one.

    RDS upgrades to a minor version only a database whose replicas have it.
    """
    public: bool = False
    """Give it a public address. Its `subnets` alone then have a route to and from the internet."""
    deletion_protection: bool = True
    """RDS refuses to delete the replica while this is on."""

    def groups(self, *, bastion: bool) -> int:
        """Return how many security groups it is behind, where its network has a bastion or not."""
        return self._groups_of_consumers + (bastion and not self.public)


class AuroraReplica(_Replica):
    """A reader of an Aurora cluster, behind an endpoint of RDS Proxy that leads to readers alone.

    It never has a public address: RDS Proxy has none.
    """

    misplaced: ClassVar = {
        "instance": "a reader of Aurora Serverless scales within the database's capacity",
        "public": "RDS Proxy is never public: consumers come by a VPN, a peering or a bastion",
        "deletion_protection": "the cluster is protected: its readers hold no data",
    }

    @property
    def public(self) -> bool:
        """Whether it has a public address: never."""
        return False

    def groups(self, *, bastion: bool) -> int:
        """Return how many security groups it is behind. The network's bastion reaches the cluster.

        An owner's login would not pass the proxy, which knows those of consumers alone.
        """
        return self._groups_of_consumers


AnyReplica = Replica | AuroraReplica
