"""ARC: what servers on the way say that they saw, and signed. DMARC does not rest on it."""

from __future__ import annotations

from dataclasses import dataclass

from runbook.dns.servers import Resolver
from runbook.mail.dmarc.signatures import Keys


@dataclass(frozen=True)
class Arc:
    """The chain that forwarders left in a message."""

    holds: bool
    """Whether every seal of it is right."""
    reason: str
    sealers: tuple[str, ...]
    """The domains that sealed it, the last first."""


def arc_of(data: bytes, resolver: Resolver) -> Arc | None:
    """Verify the chain of a message that has one."""
    import dkim

    try:
        state, sets, reason = dkim.ARC(data).verify(dnsfunc=Keys(resolver))
    except (dkim.DKIMException, ValueError, IndexError, KeyError) as error:
        return Arc(False, str(error), ())
    if state == dkim.CV_None:
        return None
    sealers = tuple(one["as-domain"].decode() for one in sets if "as-domain" in one)
    return Arc(state == dkim.CV_Pass, "" if state == dkim.CV_Pass else reason, sealers)
