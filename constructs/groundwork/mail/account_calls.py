"""SES's calls that are of the account."""

from __future__ import annotations

from groundwork.checks import acknowledge
from groundwork.kit import RuntimeFunction

NO_RESOURCES = (
    "These calls of SES are about the account or take the identity as a parameter: IAM knows no "
    "resource for them. They read and set the one thing that the function is for, and send nothing."
)


def allow_account_calls(function: RuntimeFunction, *calls: str) -> None:
    """Allow a function some calls of SES for which IAM knows no resource."""
    function.allow(*(f"ses:{call}" for call in calls), on="*")
    acknowledge(function.role, "AwsSolutions-IAM5[Resource::*]", NO_RESOURCES)
