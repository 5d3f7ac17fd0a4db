"""`groundwork dns show` and `check`."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from runbook.dns import formats, presenting
from runbook.dns.causes import explain, undelegated
from runbook.dns.check import Network, compare
from runbook.dns.deployed import Deployed, domains
from runbook.dns.servers import resolver_at
from settings import load


def show(configuration: Path, named: str, form: str, names: str) -> None:
    """Print the records of one domain in one form."""
    settings = load(configuration)
    (domain,) = domains(settings, named)
    deployed = Deployed(settings)
    records = deployed.required(domain)
    dns = settings.mail.domains[domain].dns
    kept = dns.appended_to(domain) or domain
    zone = {"host": dns.appended_to(domain), "whole": None, "relative": kept}[names]
    dots = dns.host in presenting.TARGETS_END_WITH_A_DOT and names == "host"
    match form:
        case "json":
            print(formats.as_json(records, zone))
        case "csv":
            print(formats.as_csv(records, zone), end="")
        case "zone":
            print(formats.as_zone(records, kept))
        case "lines":
            print(formats.as_lines(records, zone, dots=dots))
        case _:
            console = Console(emoji=False, highlight=False, soft_wrap=True)
            presenting.records(console, domain, dns, records, zone, dots=dots)
            console.print(f"\nNext: groundwork dns check {domain}", markup=False)
    presenting.not_deployed(
        Console(stderr=True, emoji=False, highlight=False),
        domain,
        deployed.missing(domain),
        deployed.lack(domain),
    )


def check(configuration: Path, named: str | None, server: str | None, *, as_json: bool) -> int:
    """Print what the DNS has for one domain, or for all, and return the exit status."""
    settings = load(configuration)
    wanted = domains(settings, named)
    deployed = Deployed(settings)
    network = Network(resolver_at(server), alone=server is not None)
    reports = []
    with Console(stderr=True).status("Asking the name servers"):
        for domain in wanted:
            records = deployed.required(domain) if named else deployed.records(domain)
            findings = explain(compare(records, network), network, domain)
            missing = tuple(deployed.missing(domain))
            notes = undelegated(network, domain)
            lack = deployed.lack(domain)
            reports.append(presenting.Report(domain, tuple(findings), missing, notes, lack))
    if as_json:
        print(json.dumps([report.as_dict() for report in reports], indent=2))
    else:
        presenting.check(Console(emoji=False, highlight=False, soft_wrap=True), reports)
    return max((report.status for report in reports), key=(0, 3, 1).index)
