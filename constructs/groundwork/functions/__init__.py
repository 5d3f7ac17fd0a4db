"""The functions that do what CloudFormation cannot, and what all of them share."""

from groundwork.functions.function import RuntimeFunction

__all__ = ["RuntimeFunction"]
