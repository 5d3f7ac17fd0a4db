"""Databases that the file cannot have."""

from __future__ import annotations

from typing import Any

from runbook.adopt import databases
from runbook.adopt.item import Live


def test_a_password_that_rds_manages_is_nobodys_to_replace() -> None:
    """RDS refuses a password beside its own: the change after the import would fail."""
    secret = {"MasterUserSecret": {"SecretArn": "arn:aws:secretsmanager:::secret:rds!db-1"}}
    live = Live("AWS::RDS::DBInstance", "managed", secret)
    nowhere: Any = None
    declared = {"network": "main", "security_groups": ["office"]}
    assert databases._refused(nowhere, live, declared) == databases.MANAGED_LOGIN
