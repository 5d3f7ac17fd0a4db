"""The ways out of drift: what is taken back, and what the file has a field for."""

from __future__ import annotations

import pytest

from runbook.drift.change import Change, Sort
from runbook.drift.words import adopted_as, ways_out


def change(place: str, what: str, now: object = None, area: str = "data") -> Change:
    stack = f"{area}-us-east-1"
    return Change(
        stack=stack, region="us-east-1", place=place, sort=Sort.DATA, what=what, was="x", now=now
    )


SCALING = "ServerlessV2ScalingConfiguration"
GROUP = "security_groups/office/group"
POSTGRESQL = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "203.0.113.0/24"}


@pytest.mark.parametrize(
    ("found", "item"),
    [
        (change("databases/books/instance", "DBInstanceClass"), "data/databases/books"),
        (change("databases/books/cluster", "EngineVersion"), "data/databases/books"),
        (change("databases/books/cluster", f"{SCALING}.MaxCapacity"), "data/databases/books"),
        (change("databases/books/protection", "deletion protection"), "data/databases/books"),
        (change(GROUP, "SecurityGroupIngress.1", POSTGRESQL), "data/security_groups/office"),
        (change(GROUP, "SecurityGroupIngress.0.CidrIp", "::/0"), "data/security_groups/office"),
        (change("account/suppression", "account suppression", area="mail"), "mail"),
    ],
)
def test_what_the_file_has_a_field_for_can_be_kept(found: Change, item: str) -> None:
    assert adopted_as(found) == item
    assert f"To keep it instead: groundwork adopt --only {item} --write" in [*ways_out([found])]


@pytest.mark.parametrize(
    "found",
    [
        change("databases/books/writer", "PubliclyAccessible", now=True),
        change("databases/books/postgresql-log-group", "RetentionInDays", 1),
        change("databases/books/alarms/storage", "AlarmActions"),
        change("databases/books/replicas/reports/instance", "DBInstanceClass"),
        change("databases/books/instance", "RDS::DBInstance"),
        change("networks/main/subnet-10.0.1.0-24", "MapPublicIpOnLaunch", now=True),
        change(GROUP, "SecurityGroupIngress.1", {**POSTGRESQL, "FromPort": 22, "ToPort": 22}),
        change(GROUP, "SecurityGroupIngress.0.FromPort", 22),
        change(GROUP, "SecurityGroupEgress.1", POSTGRESQL),
        change("domains/example.org/identity", "DkimAttributes.SigningEnabled", area="mail"),
        change("senders/app/user", "has an inline policy", area="mail"),
    ],
)
def test_what_it_has_none_for_is_only_taken_back(found: Change) -> None:
    assert adopted_as(found) is None
    assert [*ways_out([found])] == [
        "To revert what CloudFormation can: groundwork drift --revert, then approve it."
    ]
