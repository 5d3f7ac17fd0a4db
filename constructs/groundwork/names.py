"""Names made from the names of items, the same way everywhere."""

from __future__ import annotations

import re


def hyphenated(name: str) -> str:
    """Write a name with hyphens: data@open-contracting.org becomes data-open-contracting-org."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def output_name(*parts: str) -> str:
    """Write an output's name, which takes letters and digits only: OpenContractingOrgDnsRecords."""
    words = re.split(r"[^A-Za-z0-9]+", " ".join(parts))
    return "".join(word[:1].upper() + word[1:] for word in words)
