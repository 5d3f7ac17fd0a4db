"""`python -m embedded.reference` renews the tables of docs/embedded.md.

The page is written by hand but for its tables, each of which stands between two comments:
`<!-- gaps of s3 -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from embedded.gaps import declared
from embedded.gaps.gap import Gap

PAGE = Path(__file__).parent.parent / "docs" / "embedded.md"
TITLE = ("AWS", "ministack alone", "Here")
_TABLE = re.compile(r"(<!-- gaps of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """Return the page with its tables as the gaps declare themselves."""
    tables = {service: _table(gaps) for service, gaps in services().items()}
    return _TABLE.sub(lambda found: found[1] + tables[found[2]] + found[3], text)


def services() -> dict[str, list[Gap]]:
    """Return the gaps of each service; each service has a table in the page."""
    by_service = groupby(declared(), lambda entry: entry[0].partition(".")[0])
    return {service: [gap for _, gap in entries] for service, entries in by_service}


def _table(gaps: list[Gap]) -> str:
    rows = [
        f"| {gap.aws} ([page]({gap.page})) | {gap.ministack} | {gap.effect} |".replace("\n", " ")
        for gap in gaps
    ]
    head = f"| {' | '.join(TITLE)} |"
    return "\n".join(["", head, "|---|---|---|", *rows, "", ""])


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
