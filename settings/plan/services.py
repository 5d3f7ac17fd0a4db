"""What each services stack holds: the container services that are watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings.contract import Output
    from settings.models.services import Service
    from settings.models.settings import Settings


@dataclass(frozen=True)
class ServiceItem:
    """A service, and what its alarms are called, which the account knows once."""

    declared: Service
    alarms: str


@dataclass(frozen=True)
class ServiceItems:
    """What one services stack holds, by name."""

    services: Mapping[str, ServiceItem]

    def outputs(self) -> Iterator[tuple[Output, str]]:
        """Yield kind and item of every output of the stack: nobody asks for any."""
        yield from ()


def service_items(settings: Settings) -> Iterator[tuple[str, str, ServiceItems]]:
    """Yield region, part and items of every services stack, in order."""
    found: dict[tuple[str, str], dict[str, ServiceItem]] = {}
    for name, service in settings.services.items():
        place = (service.region, service.stack or "")
        found.setdefault(place, {})[name] = ServiceItem(service, settings.named(name))
    for (region, part), services in sorted(found.items(), key=lambda entry: entry[0]):
        yield region, part, ServiceItems(services)
