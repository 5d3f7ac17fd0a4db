"""The page: one file that needs no other, with its pictures inside."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.filesize import decimal

from runbook.status.pictures import bars, days, line
from runbook.status.summary import LIMITS, Summary

TITLES = {"Reputation.BounceRate": "Bounces", "Reputation.ComplaintRate": "Complaints"}


def page(found: Summary) -> str:
    """Return the page. Whatever a name has in it, it is text there."""
    environment = Environment(
        loader=PackageLoader("runbook.status"), undefined=StrictUndefined, autoescape=True
    )
    pictures = [
        (f"Mail in {each.region}, messages a day", days(each.sent, [each.quota]))
        for each in found.reputations
    ]
    pictures += [
        (f"{TITLES[name]} in {each.region}, in percent", line(each.rates[name], limits))
        for each in found.reputations
        for name, limits in LIMITS.items()
    ]
    held = [(each.name, each.contents.size) for each in found.buckets if each.contents]
    if held:
        pictures.append(("Storage by bucket", bars(held, decimal)))
    return environment.get_template("status.html.j2").render(found=found, pictures=pictures)
