"""DNS block lists that a receiving server names when it refuses a message.

A list is of the addresses that mail comes from, which for most accounts are SES's and shared, or
of domains in a message, which are the sender's own. That decides who can do something about it.
<https://docs.aws.amazon.com/ses/latest/dg/faqs-dnsbls.html>
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Lists = Literal["addresses", "domains", "nothing", "closed"]

ADVICE: dict[Lists, str] = {
    "addresses": "The listed address is SES's, and shared: AWS watches the important lists. Send "
    "again later; if it goes on for a day, send AWS the diagnostic code in a support case. Only a "
    "dedicated address is yours to have removed.",
    "domains": "A domain in the message is listed: the From domain, or one that a link leads to. "
    "Look it up at the list, find out what it was used for, and ask for its removal.",
    "nothing": "Nothing of yours is listed: the recipient's server asks the list in a way that the "
    "list does not answer, and takes that for a listing. Tell the recipient's administrator.",
    "closed": "The list no longer exists, so that its answers mean nothing. Tell the recipient's "
    "administrator.",
}


class BlockList(NamedTuple):
    """A block list, what it lists, the words that show it, and where to look an entry up."""

    name: str
    lists: Lists
    pattern: str
    page: str


_SPAMHAUS = "https://check.spamhaus.org/"
_INVALUEMENT = "https://www.invaluement.com/lookup/"

BLOCK_LISTS: tuple[BlockList, ...] = (
    BlockList(
        "Spamhaus, asked through an open resolver",
        "nothing",
        r"spamhaus\.org/returnc|127\.255\.255\.25[245]|error: open resolver",
        "https://www.spamhaus.org/returnc/pub/",
    ),
    BlockList("Spamhaus DBL", "domains", r"dbl\.spamhaus|spamhaus dbl|query/dbl", _SPAMHAUS),
    BlockList("Spamhaus ZRD", "domains", r"zrd\.\S*spamhaus|spamhaus zrd", _SPAMHAUS),
    BlockList("Spamhaus PBL", "addresses", r"pbl\.spamhaus|spamhaus pbl|query/pbl", _SPAMHAUS),
    BlockList(
        "Spamhaus XBL",
        "addresses",
        r"\bxbl\.spamhaus|spamhaus xbl|query/xbl|cbl\.abuseat",
        _SPAMHAUS,
    ),
    BlockList(
        "Spamhaus SBL",
        "addresses",
        r"\bsbl(?:-xbl)?\.spamhaus|spamhaus sbl|query/sbl|\bsbl(?:css|\d{4,})",
        _SPAMHAUS,
    ),
    BlockList("Spamhaus", "addresses", r"spamhaus", _SPAMHAUS),
    BlockList(
        "Barracuda",
        "addresses",
        r"barracudacentral|barracuda reputation|using barracuda",
        "https://www.barracudacentral.org/lookups",
    ),
    BlockList("SpamCop", "addresses", r"spamcop", "https://www.spamcop.net/bl.shtml"),
    BlockList("SURBL", "domains", r"\bsurbl\b", "https://surbl.org/surbl-analysis"),
    BlockList("URIBL", "domains", r"\buribl\b", "https://admin.uribl.com/"),
    BlockList("Invaluement URI", "domains", r"\bivmuri", _INVALUEMENT),
    BlockList("Invaluement", "addresses", r"invaluement|\bivmsip", _INVALUEMENT),
    BlockList("Abusix", "addresses", r"abusix", "https://lookup.abusix.com/"),
    BlockList("PSBL", "addresses", r"\bpsbl\b", "https://psbl.org/"),
    BlockList("Mailspike", "addresses", r"mailspike", "https://mailspike.io/ip_verify"),
    BlockList(
        "UCEPROTECT", "addresses", r"uceprotect", "https://www.uceprotect.net/en/rblcheck.php"
    ),
    BlockList("Backscatterer", "addresses", r"backscatterer", "https://www.backscatterer.org/"),
    BlockList("SORBS, closed in June 2024", "closed", r"\bsorbs\b", "https://www.sorbs.net/"),
    BlockList(
        "NiX Spam, closed in January 2025",
        "closed",
        r"nixspam|manitu\.net",
        "https://www.nixspam.net/",
    ),
    BlockList("Lashback", "addresses", r"lashback|unsubscore", "https://blacklist.lashback.com/"),
    BlockList("DroneBL", "addresses", r"dronebl", "https://dronebl.org/lookup"),
    BlockList(
        "blocklist.de", "addresses", r"blocklist\.de", "https://www.blocklist.de/en/search.html"
    ),
    BlockList("SpamRATS", "addresses", r"spamrats", "https://www.spamrats.com/lookup.php"),
    BlockList(
        "Spam Eating Monkey",
        "addresses",
        r"spameatingmonkey",
        "https://spameatingmonkey.com/lookup",
    ),
    BlockList(
        "Hostkarma",
        "addresses",
        r"hostkarma|junkemailfilter",
        "https://ipadmin.junkemailfilter.com/",
    ),
    BlockList("Truncate", "addresses", r"gbudb", "http://www.gbudb.com/truncate/"),
    BlockList("0spam", "addresses", r"\b0spam", "https://0spam.org/"),
    BlockList("Validity", "addresses", r"senderscore", "https://www.senderscore.org/"),
    BlockList("Proofpoint", "addresses", r"ipcheck\.proofpoint", "https://ipcheck.proofpoint.com/"),
    BlockList(
        "Cloudmark", "addresses", r"csi\.cloudmark|cloudmark csi", "https://csi.cloudmark.com/"
    ),
    BlockList(
        "Cisco Talos",
        "addresses",
        r"talosintelligence|senderbase",
        "https://talosintelligence.com/reputation_center",
    ),
    BlockList(
        "Trend Micro",
        "addresses",
        r"mail-abuse\.(?:com|org)|ers\.trendmicro",
        "https://servicecentral.trendmicro.com/en-us/ers/",
    ),
    BlockList("Fortinet", "addresses", r"fortiguard", "https://www.fortiguard.com/iprep"),
    BlockList(
        "Microsoft",
        "addresses",
        r"\bs31[45]0\b|sender\.office\.com|banned sending ip",
        "https://sender.office.com/",
    ),
)
"""The more specific come first: of several that fit, the first is named."""


def named_in(text: str) -> BlockList | None:
    """Return the block list that a server's words name, if they name one that is known."""
    return next(
        (known for known in BLOCK_LISTS if re.search(known.pattern, text, re.IGNORECASE)), None
    )
