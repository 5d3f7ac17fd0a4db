"""`groundwork mail suppressed`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC

from runbook.base.errors import UserError
from runbook.base.names import printable
from runbook.mail import regions, suppression
from runbook.mail.suppression import Entry
from settings import Settings

Confirm = Callable[[str], bool]


def show_all(settings: Settings, *, as_json: bool) -> None:
    """Print every address on the lists of the file's regions, the newest first."""
    found = [
        entry
        for region in regions.of_mail(settings)
        for entry in suppression.entries(regions.sesv2(region))
    ]
    found.sort(key=lambda entry: entry.since, reverse=True)
    if as_json:
        print(json.dumps([_values(entry) for entry in found], indent=2))
    elif not found:
        print(f"No address is suppressed in {', '.join(regions.of_mail(settings))}.")
    else:
        width = max(len(printable(entry.address)) for entry in found)
        for entry in found:
            address = printable(entry.address).ljust(width)
            print(f"{address}  {_day(entry)}  {entry.region}  {entry.reason.lower()}")


def show(settings: Settings, address: str, *, as_json: bool) -> bool:
    """Print whether an address is on a list, since when and why. Return whether it is."""
    found = _look_up(settings, address)
    if as_json:
        print(json.dumps([_values(entry) for entry in found], indent=2))
    elif not found:
        print(f"{printable(address)} is not suppressed in {_names(settings)}.")
    for entry in () if as_json else found:
        print(_sentence(entry))
        client = regions.sesv2(entry.region)
        for name in suppression.sets_that_send(client, _sets(settings, entry), entry.reason):
            print(f"Mail through the configuration set {name} is sent to it all the same.")
    if found and not as_json:
        print(f"To take it off: groundwork mail suppressed {printable(address)} --remove")
    return bool(found)


def remove(settings: Settings, address: str, confirm: Confirm) -> None:
    """Take an address off every list that it is on, once that is confirmed."""
    found = _look_up(settings, address)
    if not found:
        print(f"{printable(address)} is not suppressed in {_names(settings)}: nothing to remove.")
    for entry in found:
        print(_sentence(entry))
        if entry.reason == "COMPLAINT":
            print("Its owner did not want the mail. Has that changed?")
        if not confirm(f"Take {printable(entry.address)} off the list of {entry.region}?"):
            raise UserError("Nothing was removed.", "Answer y; without a terminal, add --yes.")
        suppression.remove(regions.sesv2(entry.region), entry)
        print("It is off the list. The next bounce or complaint puts it there again.")


def _look_up(settings: Settings, address: str) -> list[Entry]:
    if "@" not in address.strip("@"):
        raise UserError(
            f"{printable(address)} is not an e-mail address.",
            "The suppression list has addresses only.",
        )
    clients = [regions.sesv2(region) for region in regions.of_mail(settings)]
    return [found for client in clients if (found := suppression.look_up(client, address))]


def _sentence(entry: Entry) -> str:
    message = f" ({printable(entry.message)})" if entry.message else ""
    return (
        f"{printable(entry.address)} is suppressed in {entry.region} since {_day(entry)}: "
        f"{entry.why}{message}."
    )


def _sets(settings: Settings, entry: Entry) -> list[str]:
    declared = settings.mail.configuration_sets
    return [name for name, each in declared.items() if entry.region in each.regions]


def _names(settings: Settings) -> str:
    return ", ".join(regions.of_mail(settings))


def _day(entry: Entry) -> str:
    return entry.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _values(entry: Entry) -> dict[str, str]:
    return {
        "address": entry.address,
        "region": entry.region,
        "reason": entry.reason.lower(),
        "since": entry.since.astimezone(UTC).isoformat(timespec="seconds"),
        "message": entry.message,
    }
