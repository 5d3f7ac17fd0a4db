"""Every DKIM signature of a message, verified for itself.

A message that SES sent is signed twice: for the domain, and for amazonses.com. Whichever stands
first, one that is aligned and right is enough; so each is looked at, with an object of its own,
since dkimpy's keeps what the one before left there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runbook.dns.answers import Answer
from runbook.dns.servers import Resolver

SES = "amazonses.com"


class Result(StrEnum):
    """What a check came to, in the words of RFC 8601."""

    PASS = "pass"  # noqa: S105 - a result
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True)
class Signature:
    """One signature, and what came of it."""

    domain: str
    selector: str
    result: Result
    reason: str = ""
    """Why it does not pass, or what weakens one that does."""

    @property
    def is_of_ses(self) -> bool:
        """Whether SES signed for itself, as it does with every message."""
        return self.domain == SES or self.domain.endswith(f".{SES}")


class Keys:
    """The keys that dkimpy asks for, and what the DNS said."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.answer = Answer()

    def __call__(self, name: bytes, timeout: float = 5) -> bytes | None:
        """Return a key's record, or nothing."""
        self.answer = self._resolver.ask(name.decode("ascii", "replace"), "TXT")
        keys = [value for value in self.answer.values if "p=" in value.replace(" ", "")]
        return keys[0].encode() if keys else None


def verify(data: bytes, resolver: Resolver) -> list[Signature]:
    """Verify all signatures of a message, the topmost first."""
    import dkim

    try:
        count = sum(name.lower() == b"dkim-signature" for name, _ in dkim.DKIM(data).headers)
    except (dkim.DKIMException, IndexError):
        return []
    return [_verify(data, index, resolver) for index in range(count)]


def _verify(data: bytes, index: int, resolver: Resolver) -> Signature:
    import dkim
    from dkim.util import InvalidTagValueList

    one = dkim.DKIM(data)
    keys = Keys(resolver)
    try:
        good = one.verify(idx=index, dnsfunc=keys)
        problem = "" if good else _why(keys.answer)
    except (dkim.DKIMException, InvalidTagValueList, ValueError) as error:
        good, problem = False, _in_words(str(error))
    fields = {name.decode(): value.decode() for name, value in one.signature_fields.items()}
    domain, selector = fields.get("d", "?").lower(), fields.get("s", "?")
    if keys.answer.failure:
        return Signature(domain, selector, Result.TEMPERROR, problem)
    if good and fields.get("a") == "rsa-sha1":
        return Signature(domain, selector, Result.PERMERROR, "SHA-1 counts no more (RFC 8301)")
    if good:
        weak = "covers only a part of the body (l=): more can be added" if "l" in fields else ""
        return Signature(domain, selector, Result.PASS, weak)
    return Signature(domain, selector, Result.FAIL, problem)


def _why(answer: Answer) -> str:
    """Say why a signature was refused without a word. dkimpy swallows what the DNS said."""
    if answer.failure:
        return f"the resolver {answer.failure}"
    if not any("p=" in value.replace(" ", "") for value in answer.values):
        return "its key is not in the DNS: never published, or removed since"
    return "a signed header was changed on the way, or the key is another one"


def _in_words(error: str) -> str:
    if error.startswith("body hash mismatch"):
        return "the body was changed on the way"
    if error.startswith("x= value is past"):
        return "it has expired; when the message arrived, it may have been right"
    return error
