"""A key's creation and renewal die after each of their changes, on the embedded AWS.

Each call that fails, or is the last, is tried on a fake, in tests/constructs/functions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from groundwork.functions.credentials import renewal
from groundwork.functions.credentials.access_keys import AccessKeys
from groundwork.functions.credentials.secret import CURRENT, PENDING, Secret
from tests.constructs.functions.faults import Calls, Client, Crash, Fault

CHANGES = ("create_", "delete_", "put_", "update_")


@cache
def clients(aws: Any) -> tuple[Any, Any]:
    """Make the clients once: that takes longer than what they are asked for."""
    return aws.client("iam"), aws.client("secretsmanager")


class World:
    """A user and its secret, and requests for them."""

    def __init__(self, aws: Any) -> None:
        self.calls = Calls()
        self.user = f"user-{uuid.uuid4()}"
        self.iam, secrets = clients(aws)
        self.iam.create_user(UserName=self.user)
        arn = secrets.create_secret(Name=self.user, SecretString="{}")["ARN"]
        users: Any = Client(self.iam, self.calls)
        values: Any = Client(secrets, self.calls)
        self.keys = AccessKeys(users, self.user)
        self.secret = Secret(values, arn)

    def request(self, version: int, name: str | None = None) -> None:
        template = {"user": self.user, "version": version, "region": "us-east-1", "bucket": "ocp"}
        token = name or str(uuid.uuid4())
        renewal.apply(self.keys, self.secret, template, token, self.verify)

    def verify(self, value: dict[str, Any]) -> None:
        assert value["access_key_id"] in self.keys.ids()

    def check(self, version: int) -> dict[str, Any]:
        """See that the readers' key is there, and that nobody's key or version is left."""
        value = self.secret.read(CURRENT) or {}
        assert value["version"] == version
        named = {value["access_key_id"], value["previous_access_key_id"]} - {None}
        assert {*self.keys.ids()} == named
        assert self.secret.holder(PENDING) is None
        return value

    def end(self) -> None:
        """Delete the user as CloudFormation does, which succeeds only without keys."""
        renewal.remove(self.keys, self.secret, is_rolled_back=False)
        self.iam.delete_user(UserName=self.user)


def crashed(aws: Any, renewed: int) -> Iterator[tuple[World, str]]:
    """Yield a world for each change of a request that was the last, with the request's name."""
    version = renewed + 1
    made = _world(aws, renewed)
    made.request(version)
    changes = [n for n, name in enumerate(made.calls.made) if name.startswith(CHANGES)]
    assert len(changes) > 2
    for call in changes:
        world, name = _world(aws, renewed), str(uuid.uuid4())
        world.calls.restart(Fault(call, before=False, error=Crash()))
        with pytest.raises(Crash):
            world.request(version, name)
        world.calls.restart()
        yield world, name
        world.end()


def _world(aws: Any, renewed: int) -> World:
    """Make a world in which the key was made and renewed so many times."""
    world = World(aws)
    for version in range(1, renewed + 1):
        world.request(version)
    world.calls.restart()
    return world


@pytest.mark.embedded
def test_a_creation_succeeds_when_it_is_tried_again(aws: Any) -> None:
    for world, name in crashed(aws, renewed=0):
        world.request(1, name)
        world.check(1)


@pytest.mark.embedded
def test_a_renewal_is_rolled_back_to_the_key_before_and_succeeds_next_time(aws: Any) -> None:
    for world, _ in crashed(aws, renewed=2):
        world.request(2)
        before = world.check(2)
        world.request(3)
        assert world.check(3)["previous_access_key_id"] == before["access_key_id"]
