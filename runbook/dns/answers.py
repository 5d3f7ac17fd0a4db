"""What a name server answered, as a person writes it."""

from __future__ import annotations

from dataclasses import dataclass

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.A import A


@dataclass(frozen=True)
class Answer:
    """What one server says about one name and type."""

    values: tuple[str, ...] = ()
    """As a person writes them: TXT joined and unquoted, names without the last dot, `10 host`."""
    alias: str | None = None
    """Where a CNAME led that stands at the name in place of the record."""
    failure: str | None = None
    """Why there is no answer at all. Nothing is known about the record then."""


def read(response: dns.message.Message) -> Answer:
    """Take what answers the question out of a response."""
    if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Answer(failure=f"answers {code(response)}")
    question = response.question[0]
    values = tuple(
        _text(record)
        for records in response.answer
        if records.rdtype == question.rdtype
        for record in records
    )
    aliases = [
        records[0]
        for records in response.answer
        if records.rdtype == dns.rdatatype.CNAME != question.rdtype
    ]
    last = aliases[-1] if aliases else None
    alias = _name(last.target) if isinstance(last, CNAME) else None
    return Answer(tuple(sorted(values)), alias)


def _text(record: object) -> str:
    """Write a value as a person does."""
    match record:
        case TXT():
            return b"".join(record.strings).decode(errors="backslashreplace")
        case MX():
            return f"{record.preference} {_name(record.exchange)}"
        case CNAME():
            return _name(record.target)
        case A():
            return str(record.address)
    return str(record).lower().removesuffix(".")


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower() or "."


def code(response: dns.message.Message) -> str:
    """Return the name of a response's code, as SERVFAIL."""
    return dns.rcode.to_text(response.rcode())
