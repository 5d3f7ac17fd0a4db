"""Whether configuration sets send, and their event destinations publish."""

from __future__ import annotations

from collections.abc import Iterator

from runbook.mail.status.finding import Finding, attention, some
from runbook.mail.status.place import Place

TITLE = "Configuration sets"


def findings(place: Place) -> Iterator[Finding]:
    """Yield what there is to say of each configuration set of a region."""
    client = place.sesv2
    for name in place.items.configuration_sets:
        try:
            found = client.get_configuration_set(ConfigurationSetName=name)
        except client.exceptions.NotFoundException:
            yield attention(name, "not in SES", "Deploy the file: groundwork changes prepare")
            continue
        if not found.get("SendingOptions", {}).get("SendingEnabled", True):
            yield attention(
                name,
                "sending through it is paused",
                "Find out why. Then: aws sesv2 put-configuration-set-sending-options --region "
                f"{place.region} --configuration-set-name {name} --sending-enabled",
            )
            continue
        answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        silent = [
            each["Name"] for each in answer.get("EventDestinations", ()) if not each["Enabled"]
        ]
        if silent:
            yield attention(
                name,
                f"event destinations are switched off: {some(silent)}",
                "Switch them on in the SES console, or see what changed: groundwork drift",
            )
        else:
            yield Finding(name, "sends")
