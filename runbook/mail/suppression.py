"""The account's suppression list: who is on it, since when and why, and taking somebody off.

Each region has its own. SES accepts a message to an address on it, and does not send it.
<https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import (
        ListSuppressedDestinationsResponseTypeDef,
        SuppressedDestinationTypeDef,
    )

REASONS = {
    "BOUNCE": "a message to it bounced for good",
    "COMPLAINT": "its owner complained about a message",
}
PAGE = 1000
"""The most entries of a page."""


@dataclass(frozen=True)
class Entry:
    """An address on the list of a region. `message` is what brought it there, where AWS says."""

    address: str
    region: str
    reason: str
    since: datetime
    message: str = ""

    @property
    def why(self) -> str:
        """Return the reason in words; AWS's own for one that is new."""
        return REASONS.get(self.reason, self.reason)


def look_up(client: SESV2Client, address: str) -> Entry | None:
    """Return an address's entry. SES keeps some in lower case, however they were written."""
    for spelling in dict.fromkeys((address, address.lower())):
        try:
            found = client.get_suppressed_destination(EmailAddress=spelling)
        except client.exceptions.NotFoundException:
            continue
        return _entry(client, found["SuppressedDestination"])
    return None


def entries(client: SESV2Client) -> Iterator[Entry]:
    """Yield every address on a region's list, page by page."""
    page = client.list_suppressed_destinations(PageSize=PAGE)
    yield from _summaries(client, page)
    while token := page.get("NextToken"):
        page = client.list_suppressed_destinations(PageSize=PAGE, NextToken=token)
        yield from _summaries(client, page)


def remove(client: SESV2Client, entry: Entry) -> None:
    """Take an address off the list. The next bounce or complaint puts it there again."""
    client.delete_suppressed_destination(EmailAddress=entry.address)


def sets_that_send(client: SESV2Client, names: Iterable[str], reason: str) -> list[str]:
    """Return the configuration sets through which mail reaches an address on the list all the same.

    A set that has suppression reasons of its own overrides the account's list for its mail.
    """
    found = []
    for name in names:
        try:
            deployed = client.get_configuration_set(ConfigurationSetName=name)
        except client.exceptions.NotFoundException:
            continue
        reasons = deployed.get("SuppressionOptions", {}).get("SuppressedReasons")
        if reasons is not None and reason not in reasons:
            found.append(name)
    return found


def _summaries(
    client: SESV2Client, page: ListSuppressedDestinationsResponseTypeDef
) -> Iterator[Entry]:
    region = client.meta.region_name
    for found in page.get("SuppressedDestinationSummaries", ()):
        yield Entry(found["EmailAddress"], region, found["Reason"], found["LastUpdateTime"])


def _entry(client: SESV2Client, found: SuppressedDestinationTypeDef) -> Entry:
    return Entry(
        found["EmailAddress"],
        client.meta.region_name,
        found["Reason"],
        found["LastUpdateTime"],
        found.get("Attributes", {}).get("MessageId", ""),
    )
