"""The records of the file's domains, as the deployed stacks name them."""

from __future__ import annotations

from runbook.base import aws
from runbook.base.errors import UserError
from runbook.base.names import Kind, require
from runbook.base.outputs import Outputs
from runbook.dns.records import Record, consents, read
from settings import Settings
from settings.contract import Output


class Deployed:
    """What the stacks say, asked once."""

    def __init__(self, settings: Settings) -> None:
        aws.caller_in(settings.account, settings.region)
        self._domains = settings.mail.domains
        self._outputs = Outputs(settings, Output.DNS_RECORDS)

    def records(self, domain: str) -> tuple[Record, ...]:
        """Return a domain's records in all its regions; none when it is not deployed.

        The last are those that other organizations must add.
        """
        found: list[Record] = []
        for output in self._outputs.by_region(Output.DNS_RECORDS, domain).values():
            found += read(domain, output)
        return (*found, *consents(domain, found))

    def missing(self, domain: str) -> list[str]:
        """Return the regions of a domain in which it is not deployed."""
        deployed = self._outputs.by_region(Output.DNS_RECORDS, domain)
        return [region for region in self._domains[domain].regions if region not in deployed]

    def lack(self, domain: str) -> str:
        """Say what the missing records are: not deployed or not known yet, and why."""
        return self._outputs.lack(Output.DNS_RECORDS, domain)

    def required(self, domain: str) -> tuple[Record, ...]:
        """Return a domain's records, or say that it is not deployed."""
        found = self.records(domain)
        if not found:
            raise UserError(
                f"{domain} is in the file, but its records are {self.lack(domain)}.",
                "Its DKIM records are known once SES has the identity: "
                "groundwork changes prepare, approve, execute.",
            )
        return found


def domains(settings: Settings, named: str | None) -> list[str]:
    """Return the domain that was named, or all of the file's."""
    if named is not None:
        named = named.lower().removesuffix(".")
        require(settings, named, Kind.DOMAIN)
        return [named]
    if not settings.mail.domains:
        raise UserError("The file declares no domain.", "Add one below mail.domains.")
    return [*settings.mail.domains]
