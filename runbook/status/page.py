"""The page: one file that needs no other, with its pictures inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.filesize import decimal

from runbook.mail.status.command import needs
from runbook.status.pictures import Span, bars, line, share
from runbook.status.summary import DAYS, LIMITS, Reputation, Summary

TITLES = {"Reputation.BounceRate": "Bounce rate", "Reputation.ComplaintRate": "Complaint rate"}


@dataclass(frozen=True)
class Picture:
    """A drawing with the words beside it."""

    title: str
    said: str
    drawing: Markup | None = None
    axis: tuple[str, str] = ("", "")


def page(found: Summary) -> str:
    """Return the page. Whatever a name has in it, it is text there."""
    environment = Environment(
        loader=PackageLoader("runbook.status"), undefined=StrictUndefined, autoescape=True
    )
    span = Span(found.at, DAYS)
    pictures = [each for region in found.reputations for each in _of_region(region, span)]
    return environment.get_template("status.html.j2").render(
        found=found, pictures=pictures, storage=[*_storage(found)], urgent=needs(found.mail)
    )


def _of_region(found: Reputation, span: Span) -> Iterator[Picture]:
    axis = (f"{span.since:%Y-%m-%d}", f"{span.until:%Y-%m-%d}")
    title = f"Mail sent in {found.region}, by day"
    if found.sent:
        most = max(value for _, value in found.sent)
        said = f"{most:,.0f} on the busiest day; the quota is {found.quota:,} in 24 hours."
        yield Picture(title, said, bars(found.sent, span, found.quota), axis)
    else:
        yield Picture(title, f"Nothing was sent; the quota is {found.quota:,} in 24 hours.")
    for metric, (review, pause) in LIMITS.items():
        title = f"{TITLES[metric]} in {found.region}"
        limits = f"AWS reviews an account from {review:.1%}, and may pause it from {pause:.1%}."
        points = found.rates[metric]
        if points:
            said = f"{points[-1][1]:.2%} most recently. {limits}"
            yield Picture(title, said, line(points, span, (review, pause)), axis)
        else:
            yield Picture(title, f"No mail that AWS could judge by. {limits}")


def _storage(found: Summary) -> Iterator[Picture]:
    held = [(each.name, each.contents) for each in found.buckets if each.contents]
    most = max((contents.size for _, contents in held), default=0) or 1
    for name, contents in held:
        more = "" if contents.whole else " or more"
        said = f"{decimal(contents.size)}{more}, {contents.count:,} objects"
        yield Picture(name, said, share(contents.size / most))
