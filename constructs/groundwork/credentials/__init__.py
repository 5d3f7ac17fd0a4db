"""Credentials: an access key for a user, kept in Secrets Manager, for senders and backups alike."""

from groundwork.credentials.access_key_secret import AccessKeySecret
from groundwork.credentials.function import AccessKeyFunction
from groundwork.credentials.user import AccessKeyUser

__all__ = ["AccessKeyFunction", "AccessKeySecret", "AccessKeyUser"]
