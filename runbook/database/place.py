"""Where a database of the file is, and who may say its password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import Kind, listed, printable, require
from runbook.base.outputs import Outputs
from settings import Settings, load
from settings.contract import Output
from settings.models.replicas import AuroraReplica, replica_identifier

MAKE_BASTION = (
    "data.bastion: true makes one, once deployed. Aurora then takes connections from the bastion "
    "alone, and from none of its security groups."
)


@dataclass(frozen=True)
class Place:
    """A deployed database, without its password."""

    name: str
    host: str
    port: int
    database: str
    user: str
    secret: str
    """The ARN of the secret with the password."""
    public: bool
    bastion: str | None
    """The instance that leads to it, where it has no public address and there is one."""
    document: str | None = None
    """The session document whose tunnels lead to it alone, where it has one."""
    readers: tuple[str, ...] = ()
    """The roles that the file names as the secret's readers."""
    behind_proxy: bool = False
    """Whether it is a replica that takes the logins of its consumers and no others."""
    replica: str = ""
    """Which read replica of the database it is, if it is one."""

    @property
    def region(self) -> str:
        """Return the region that it is in."""
        return self.secret.split(":")[3]

    def require_bastion(self) -> str:
        """Return the bastion's instance id, or say that there is none that leads to it."""
        called = f"{self.replica} of {self.name}" if self.replica else self.name
        if self.public:
            option = f" --replica {self.replica}" if self.replica else ""
            raise UserError(
                f"{called} has a public address: no tunnel leads to it, and none is needed.",
                f"Connect: groundwork database connect {self.name}{option}",
            )
        if self.bastion is None:
            raise UserError(
                f"{called} has no public address, and there is no bastion.",
                "Set bastion: true at one of its consumers." if self.behind_proxy else MAKE_BASTION,
            )
        return self.bastion


def find(configuration: Path, name: str, replica: str | None = None) -> Place:
    """Find a database or its replica, or say that the file has none, or that it is not deployed."""
    settings = load(configuration)
    require(settings, name, Kind.DATABASE)
    known = settings.data.databases[name].replicas
    if replica and replica not in known:
        message = f"{name} has no replica {printable(replica)} in the file."
        raise UserError(message, listed(known))
    aws.caller_in(settings.account, settings.region)
    place = _database(settings, name)
    return of_replica(settings, place, replica) if replica else place


def of_replica(settings: Settings, place: Place, replica: str) -> Place:
    """Return where a replica of a database is, with the database's own user and password.

    Through the bastion of its own, where it has one: that leads nowhere else.
    """
    item = replica_identifier(place.name, replica)
    outputs = Outputs(
        settings, Output.REPLICA_ADDRESS, Output.REPLICA_BASTION, Output.REPLICA_DOCUMENT
    )
    host, _, port = outputs[Output.REPLICA_ADDRESS, item].rpartition(":")
    own = outputs.get(Output.REPLICA_BASTION, item)
    declared = settings.data.databases[place.name].replicas[replica]
    behind_proxy = isinstance(declared, AuroraReplica)
    document = outputs.get(Output.REPLICA_DOCUMENT, item)
    return replace(
        place,
        host=host,
        port=int(port),
        public=declared.public,
        bastion=own or (None if behind_proxy else place.bastion),
        document=document,
        behind_proxy=behind_proxy,
        replica=replica,
    )


def _database(settings: Settings, name: str) -> Place:
    outputs = Outputs(settings, Output.DATABASE_ADDRESS, Output.DATABASE_SECRET, Output.BASTION)
    host, _, port = outputs[Output.DATABASE_ADDRESS, name].rpartition(":")
    declared = settings.data.databases[name]
    return Place(
        name=name,
        host=host,
        port=int(port),
        database=declared.first_database(name),
        user=declared.user,
        secret=outputs[Output.DATABASE_SECRET, name],
        public=declared.public,
        bastion=_bastion(settings, outputs, name),
        readers=declared.readers,
    )


def _bastion(settings: Settings, outputs: Outputs, name: str) -> str | None:
    network = settings.data.network_of(settings.data.databases[name])
    return outputs.get(Output.BASTION, network)
