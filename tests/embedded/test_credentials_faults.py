"""Each call of a key's creation and renewal fails, or is the last, on the embedded AWS."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.functions.credentials import renewal
from groundwork.functions.credentials.access_keys import AccessKeys
from groundwork.functions.credentials.secret import CURRENT, PENDING, Secret
from tests.constructs.functions.faults import Calls, Client, Crash, Fault, refusal

FAILURE = refusal("InternalFailure")


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
        renewal.remove(self.keys)
        self.iam.delete_user(UserName=self.user)


def worlds(
    aws: Any, error: BaseException, renewed: int, version: int
) -> Iterator[tuple[World, str]]:
    """Yield a world for each fault of a request, after it happened, with the request's name."""
    for call in count():
        for before in (True, False):
            world = World(aws)
            for done in range(1, renewed + 1):
                world.request(done)
            name = str(uuid.uuid4())
            world.calls.restart(Fault(call, before, error))
            with suppress(Crash, ClientError):
                world.request(version, name)
            reached = world.calls.reached()
            if not reached:
                assert call > 5, "no call was made"
                world.end()
                return
            yield world, name


@pytest.mark.embedded
@pytest.mark.parametrize("error", [Crash(), FAILURE], ids=["crash", "failure"])
class TestFaults:
    def test_a_creation_succeeds_when_repeated_or_leaves_a_user_that_can_be_deleted(
        self, aws: Any, error: BaseException
    ) -> None:
        for world, name in worlds(aws, error, renewed=0, version=1):
            if isinstance(error, Crash):
                world.request(1, name)
                world.check(1)
            world.end()

    def test_a_renewal_is_rolled_back_to_the_key_before_and_succeeds_next_time(
        self, aws: Any, error: BaseException
    ) -> None:
        for world, _ in worlds(aws, error, renewed=2, version=3):
            world.request(2)
            before = world.check(2)
            world.request(3)
            assert world.check(3)["previous_access_key_id"] == before["access_key_id"]
            world.end()
