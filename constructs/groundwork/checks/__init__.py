"""What is checked at every synthesis, and the risks that are accepted all the same."""

from groundwork.checks.findings import Finding, acknowledge, add_checks, read_findings
from groundwork.checks.risks import accept, faults, place

__all__ = ["Finding", "accept", "acknowledge", "add_checks", "faults", "place", "read_findings"]
