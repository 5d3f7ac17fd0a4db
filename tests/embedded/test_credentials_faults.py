"""Each call of a key's creation and renewal fails, or is the last, on the embedded AWS."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.credentials.runtime import renewal
from groundwork.credentials.runtime.access_keys import AccessKeys
from groundwork.credentials.runtime.secret import CURRENT, PENDING, Secret

FAILURE = ClientError({"Error": {"Code": "InternalFailure", "Message": "refused"}}, "AnyOperation")


class Crash(BaseException):
    """The function's process is gone, with whatever it would still have done."""


class Calls:
    """Counts the calls of all clients, and fails at one of them."""

    def __init__(self) -> None:
        self.made, self.at, self.before = 0, -1, False
        self.error: BaseException = FAILURE

    def break_at(self, call: int, before: bool, error: BaseException) -> None:
        self.made, self.at, self.before, self.error = 0, call, before, error

    def mend(self) -> bool:
        """Let everything pass again; return whether the fault was reached."""
        reached, self.at = 0 <= self.at < self.made, -1
        return reached

    def make(self, work: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        number, self.made = self.made, self.made + 1
        dead = isinstance(self.error, Crash) and 0 <= self.at < number
        if dead or (number == self.at and self.before):
            raise self.error
        try:
            return work(**arguments)
        finally:
            if number == self.at:
                raise self.error


class Client:
    """A client of AWS whose calls are counted."""

    def __init__(self, client: Any, calls: Calls) -> None:
        self._client, self._calls = client, calls
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        work = getattr(self._client, name)
        return lambda **arguments: self._calls.make(work, arguments)


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
        self.keys = AccessKeys(Client(self.iam, self.calls), self.user)
        self.secret = Secret(Client(secrets, self.calls), arn)

    def request(self, version: int, name: str | None = None) -> None:
        form = {"user": self.user, "version": version, "region": "us-east-1", "bucket": "ocp"}
        token = name or str(uuid.uuid4())
        renewal.apply(self.keys, self.secret, form, token, self.prove)

    def prove(self, value: dict[str, Any]) -> None:
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
            world.calls.break_at(call, before, error)
            with suppress(Crash, ClientError):
                world.request(version, name)
            reached = world.calls.mend()
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
