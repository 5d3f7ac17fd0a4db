"""RDS Proxy keeps nothing: it stands before a database, and decides who gets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from runbook.changes.consequences.inside import inside
from runbook.changes.consequences.model import (
    Consequence,
    Kind,
    changed,
    falls,
    harmless,
    removed,
    turned_off,
    turned_on,
)
from runbook.changes.parts import Danger
from settings.contract import CustomType

_PROXIES = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html"


def _logins(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge who signs in through a proxy: one more is declared as an item of its own."""
    old, new = (side if isinstance(side, list) else [side] for side in (before, after))
    if any(one not in new for one in old if one is not None):
        words = "who signs in through it, or how, is another"
        yield Consequence(words, _PROXIES, danger=Danger.WEAKENED)


def _role(before: JsonValue, after: JsonValue) -> Iterator[Consequence]:
    """Judge where an endpoint leads: to readers alone, or to the writer too."""
    if before == "READ_ONLY" and after != before:
        words = "it leads to the writer, and no longer to readers alone"
        yield Consequence(words, _PROXIES, danger=Danger.WEAKENED)


ENDPOINT = Kind(rules={"TargetRole": _role})
PROXY = Kind(
    rules={
        "Auth": _logins,
        "DebugLogging": turned_on(
            Consequence("statements are written into its log", _PROXIES, danger=Danger.WEAKENED)
        ),
        "RequireTLS": turned_off(
            Consequence("connections without TLS are taken", _PROXIES, danger=Danger.WEAKENED)
        ),
    }
)
_leads = removed(Consequence("it leads to another database", _PROXIES, danger=Danger.INTERRUPTS))
_POOL = inside(
    _PROXIES,
    {
        "ConnectionBorrowTimeout": harmless,
        "InitQuery": changed(
            Consequence(
                "every connection begins with another statement", _PROXIES, danger=Danger.CODE
            )
        ),
        "MaxConnectionsPercent": falls(
            Consequence(
                "{after} % of the database's connections are for it; before: {before} %",
                _PROXIES,
                danger=Danger.INTERRUPTS,
            ),
            100,
        ),
        "MaxIdleConnectionsPercent": harmless,
        "SessionPinningFilters": harmless,
    },
)
TARGETS = Kind(
    rules={
        "ConnectionPoolConfigurationInfo": _POOL,
        "DBClusterIdentifiers": _leads,
        "DBInstanceIdentifiers": _leads,
    }
)
REGISTRATION = Kind(rules={"Cluster": _leads, "Proxy": _leads})
"""Our own resource, which registers a cluster as a proxy's target."""

KINDS: Mapping[str, Kind] = {
    "AWS::RDS::DBProxy": PROXY,
    "AWS::RDS::DBProxyEndpoint": ENDPOINT,
    "AWS::RDS::DBProxyTargetGroup": TARGETS,
    CustomType.PROXY_TARGETS: REGISTRATION,
}
