"""Where a database of the file is, and who may say its password."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import Kind, require
from runbook.base.outputs import Outputs
from settings import Settings, load
from settings.contract import Output


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

    @property
    def region(self) -> str:
        """Return the region that it is in."""
        return self.secret.split(":")[3]

    def require_bastion(self) -> str:
        """Return the bastion's instance id, or say that there is none."""
        if self.bastion is None:
            raise UserError(
                f"{self.name} has no public address, and there is no bastion.",
                "Set data.bastion: true and deploy that.",
            )
        return self.bastion


def find(configuration: Path, name: str) -> Place:
    """Find a database, or say that the file has none of this name, or that it is not deployed."""
    settings = load(configuration)
    require(settings, name, Kind.DATABASE)
    aws.caller_in(settings.account, settings.region)
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
    )


def _bastion(settings: Settings, outputs: Outputs, name: str) -> str | None:
    network = settings.data.network_of(settings.data.databases[name])
    return outputs.get(Output.BASTION, network)
