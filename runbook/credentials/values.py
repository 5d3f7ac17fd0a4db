"""What the secrets of senders, backup users and databases hold, checked as they are read."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from runbook.base.names import Kind
from settings.values.reserved import POSTGRES

IMPLICIT_TLS = (465, 2465)
"""The ports of SES at which TLS begins before the first word; at 25, 587 and 2587 comes STARTTLS.

<https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html>
"""
CERTIFICATES = "/etc/ssl/certs/rds-global-bundle.pem"
"""Where the forms look for Amazon's certificates of RDS; libpq has none of its own."""


TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
"""Where Debian and its like keep the authorities that everybody trusts, Amazon's among them."""
SYSTEM = "system"
"""The certificates that a machine trusts, in place of a file of them."""


class Secret(BaseModel):
    """One secret's value. Neither its representation nor a refusal of it shows a password."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    kind: ClassVar[Kind]
    name: str
    """The item's name in the file."""

    def fields(self) -> dict[str, object]:
        """Return what a form may use, by name."""
        return self.model_dump() | {"label": re.sub(r"\W", "_", self.name, flags=re.ASCII)}


class Smtp(BaseModel):
    """A sender's log-in to SES in one region."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    host: str
    port: int
    username: str
    password: str = Field(repr=False)


class SenderSecret(Secret, Smtp):
    """A sender's log-in to SES, and what its mail needs."""

    kind = Kind.SENDER
    user: str
    region: str
    access_key_id: str
    secret_access_key: str = Field(repr=False)
    configuration_set: str
    from_addresses: tuple[str, ...] = Field(alias="from")
    regions: dict[str, Smtp]
    header: bool = False
    """Whether its mail has to name the set: it is another than its identity's."""
    tenant: str | None = None
    """The tenant that its mail has to name, if it is in one."""
    trust: str = SYSTEM
    """The certificates that prove the host: the machine's own, or a file of them."""

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that each of its messages needs, by name."""
        headers = {"X-SES-CONFIGURATION-SET": self.configuration_set} if self.header else {}
        return headers | ({"X-SES-TENANT": self.tenant} if self.tenant else {})

    def at(self, region: str, port: int | None = None) -> Self:
        """Return the log-in to another region or port."""
        place = self.regions[region]
        update = place.model_dump() | {"region": region, "port": port or place.port}
        return self.model_copy(update=update)

    def fields(self) -> dict[str, object]:
        """Add what follows from the port and the From addresses."""
        literal = [address for address in self.from_addresses if not set("*?") & {*address}]
        return super().fields() | {
            "implicit_tls": self.port in IMPLICIT_TLS,
            "from_address": literal[0] if literal else None,
            "headers": self.headers,
        }


class BackupSecret(Secret):
    """A backup user's access key, and the part of the bucket that it is for."""

    kind = Kind.BACKUP_USER
    user: str
    region: str
    access_key_id: str
    secret_access_key: str = Field(repr=False)
    bucket: str
    prefix: str | None = None

    def fields(self) -> dict[str, object]:
        """Add the names that tools have for the place."""
        return super().fields() | {
            "endpoint": f"s3.{self.region}.amazonaws.com",
            "path": f"{self.bucket}/{self.prefix}" if self.prefix else self.bucket,
            "remote": re.sub(r"[^A-Za-z0-9_.@+-]", "-", self.user),
        }


class DatabaseSecret(Secret):
    """The log-in of a database's owner."""

    kind = Kind.DATABASE
    host: str
    port: int
    database: str = Field(POSTGRES, alias="dbname")
    """Secrets Manager names the one that was made with the database, and RDS's own not."""
    username: str
    password: str = Field(repr=False)
    certificates: str = CERTIFICATES


class ConsumerSecret(DatabaseSecret):
    """The log-in of somebody who reads a replica.

    Behind RDS Proxy, the secret has no host, as it is there before the proxy's endpoint.
    """

    kind = Kind.CONSUMER
    host: str = ""

    def behind_proxy(self, host: str) -> Self:
        """Add the host, whose certificate is one that systems trust.

        <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls>
        """
        return self.model_copy(update={"host": host, "certificates": TRUSTED})


SECRETS: dict[Kind, type[SenderSecret | BackupSecret | DatabaseSecret]] = {
    model.kind: model for model in (SenderSecret, BackupSecret, DatabaseSecret, ConsumerSecret)
}
