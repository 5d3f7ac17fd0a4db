"""What SES itself decides: identities, the envelope, the configuration set, sandbox and quota.

<https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
<https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from runbook.mail.permission.message import SIMULATOR, Check, Message

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import GetAccountResponseTypeDef

UNVERIFIED = (
    "554 Message rejected: Email address is not verified. "
    "The following identities failed the check in region {region}: {address}"
)


@dataclass(frozen=True)
class Identity:
    """An identity that SES has for an address; `configuration_set` applies to its mail."""

    name: str
    verified: bool
    configuration_set: str = ""
    policies: Mapping[str, str] = field(default_factory=dict)
    """Its sending authorization policies, by name."""


class Region:
    """A region's SES, asked once for each thing."""

    def __init__(self, client: SESV2Client) -> None:
        self.client, self.name = client, client.meta.region_name
        self.identity = cache(self._identity)
        self.account = client.get_account()

    @property
    def sandbox(self) -> bool:
        """Whether the account is in the sandbox here."""
        return not self.account.get("ProductionAccessEnabled", False)

    def _identity(self, address: str) -> Identity | None:
        """Return the identity that stands for an address: its own, or its nearest domain's.

        A domain covers its subdomains. One that is not verified counts only if no other is.
        """
        found = [one for name in names(address) if (one := self._get(name))]
        return next((one for one in found if one.verified), found[0] if found else None)

    def _get(self, name: str) -> Identity | None:
        try:
            found = self.client.get_email_identity(EmailIdentity=name)
        except self.client.exceptions.NotFoundException:
            return None
        used = found.get("ConfigurationSetName", "")
        policies = found.get("Policies", {})
        return Identity(name, found["VerifiedForSendingStatus"], used, policies)

    def checks(self, message: Message, used: str) -> Iterator[Check]:
        """Yield what SES decides of a message that goes through a configuration set, or none."""
        yield self._verified("identity", message.from_address, "From address")
        if message.envelope != message.from_address:
            yield self._verified("envelope", message.envelope, "envelope sender")
        yield from self._configuration_set(used, message.from_address)
        yield from standing(self.account, len(message.recipients))
        if self.sandbox:
            yield from map(self._in_sandbox, message.recipients)

    def _verified(self, name: str, address: str, what: str) -> Check:
        found = self.identity(address)
        if found and found.verified:
            how = "is verified" if found.name == address else f"is covered by {found.name}"
            return Check(name, True, f"the {what} {address} {how}")
        why = f"{found.name} is not verified" if found else f"no identity covers {address}"
        answer = UNVERIFIED.format(region=self.name.upper(), address=address)
        return Check(name, False, f"the {what}: {why}", answer)

    def tenant(self, name: str, used: str, identity: str) -> Check:
        """Say whether a tenant sends, and has the identity and the set of a message."""
        try:
            status = self.client.get_tenant(TenantName=name)["Tenant"]["SendingStatus"]
        except self.client.exceptions.NotFoundException:
            return Check("tenant", False, f"{name} does not exist", "554 Message rejected")
        if status == "DISABLED":
            return Check("tenant", False, f"{name} is paused", "554 Message rejected")
        pages = self.client.get_paginator("list_tenant_resources").paginate(TenantName=name)
        arns = [item["ResourceArn"] for page in pages for item in page["TenantResources"]]
        theirs = {arn.partition("/")[2] for arn in arns}
        if missing := [each for each in (identity, used) if each and each not in theirs]:
            why = f"{' and '.join(missing)} is not of the tenant {name}"
            return Check("tenant", False, why, "554 Message rejected")
        return Check("tenant", True, f"{name}, named in X-SES-TENANT, sends")

    def _configuration_set(self, used: str, sender: str) -> Iterator[Check]:
        if not used:
            yield Check("configuration set", True, "none is used")
            return
        identity = self.identity(sender)
        is_default = identity is not None and identity.configuration_set == used
        how = "its identity's own" if is_default else "named in X-SES-CONFIGURATION-SET"
        try:
            found = self.client.get_configuration_set(ConfigurationSetName=used)
        except self.client.exceptions.NotFoundException:
            answer = f"554 Message rejected: Configuration set <{used}> does not exist."
            yield Check("configuration set", False, f"{used} does not exist", answer)
            return
        if found.get("SendingOptions", {}).get("SendingEnabled", True):
            yield Check("configuration set", True, f"{used}, {how}")
        else:
            answer = f"554 Message rejected: Sending is paused for configuration set <{used}>."
            yield Check("configuration set", False, f"sending through {used} is paused", answer)

    def _in_sandbox(self, address: str) -> Check:
        if address.lower().endswith(f"@{SIMULATOR}"):
            return Check("sandbox", True, f"{address} is SES's simulator")
        found = self.identity(address)
        if found and found.verified:
            return Check("sandbox", True, f"{address} is verified")
        answer = UNVERIFIED.format(region=self.name.upper(), address=address)
        why = f"the account is in the sandbox, and {address} is not verified"
        return Check("sandbox", False, why, answer)


def standing(account: GetAccountResponseTypeDef, recipients: int) -> Iterator[Check]:
    """Say whether the account may send at all, and has room for these recipients today."""
    if not account.get("SendingEnabled", True) or account.get("EnforcementStatus") == "SHUTDOWN":
        answer = "554 Message rejected: Sending paused for this account."
        yield Check("account", False, "AWS paused its sending", answer)
    quota = account["SendQuota"]
    most, sent = quota["Max24HourSend"], quota["SentLast24Hours"]
    if 0 <= most < sent + recipients:
        answer = "454 Throttling failure: Daily message quota exceeded."
        yield Check("quota", False, f"{sent:.0f} of {most:.0f} are sent in 24 hours", answer)


def names(address: str) -> Iterator[str]:
    """Yield the names that an address's identity can have, the nearest first."""
    yield address
    labels = address.rpartition("@")[2].lower().split(".")
    yield from (".".join(labels[start:]) for start in range(len(labels) - 1))
