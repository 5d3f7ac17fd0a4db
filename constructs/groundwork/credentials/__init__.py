"""Credentials: an access key for a user, kept in Secrets Manager, for senders and backups alike."""

from groundwork.credentials.credentials import Credentials
from groundwork.credentials.function import CredentialsFunction

__all__ = ["Credentials", "CredentialsFunction"]
