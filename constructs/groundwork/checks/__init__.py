"""What is checked at every synthesis, and the risks that are accepted all the same."""

from groundwork.checks.findings import Finding, acknowledge, add_checks, read_findings
from groundwork.checks.risks import Refusal, accept, place, refusals

__all__ = [
    "Finding",
    "Refusal",
    "accept",
    "acknowledge",
    "add_checks",
    "place",
    "read_findings",
    "refusals",
]
