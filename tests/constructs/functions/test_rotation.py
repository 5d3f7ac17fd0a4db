from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundwork.functions.credentials import renewal
from groundwork.functions.credentials.access_keys import AccessKeys
from groundwork.functions.credentials.rotation import rotate
from groundwork.functions.credentials.secret import Secret
from groundwork.functions.shared.cloudformation import Failure
from tests.constructs.functions.fake_keys import ARN, USER, FakeAws
from tests.constructs.functions.faults import Crash, Fault, refusal

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
FORM = {
    "user": USER,
    "version": 1,
    "region": "us-east-1",
    "regions": {"us-east-1": {"host": "email-smtp.us-east-1.amazonaws.com"}},
    "from": ["noreply@example.org"],
}


@pytest.fixture
def aws() -> FakeAws:
    aws = FakeAws()
    serve(aws, FORM, "create")
    aws.calls.restart()
    return aws


def serve(aws: FakeAws, form: dict[str, Any], name: str) -> None:
    keys, secret = AccessKeys(aws.iam, USER), Secret(aws.secrets, ARN)
    renewal.apply(keys, secret, form, name, lambda value: None)


def step(aws: FakeAws, name: str, version: str = "rotation", refused: bool = False) -> None:
    def verify(value: dict[str, Any]) -> None:
        assert value["access_key_id"] in (aws.keys or {})
        if refused:
            raise Failure("refused")

    keys, secret = AccessKeys(aws.iam, USER), Secret(aws.secrets, ARN)
    rotate(name, keys, secret, version, verify)


def announce(aws: FakeAws) -> None:
    """Do what Secrets Manager does before the first step."""
    aws.versions["rotation"] = ("", {"AWSPENDING"})


def test_the_four_steps_give_the_readers_a_new_key_and_keep_the_one_before_it(
    aws: FakeAws,
) -> None:
    before = aws.value()
    announce(aws)
    for name in STEPS:
        assert aws.value() == before
        step(aws, name)
    after = aws.value()
    assert after["access_key_id"] != before["access_key_id"]
    assert after["password"] != before["password"]
    assert after["previous_access_key_id"] == before["access_key_id"]
    assert {*(aws.keys or ())} == {after["access_key_id"], before["access_key_id"]}
    unchanged = ("user", "version", "region", "from", "host", "port")
    assert [after[name] for name in unchanged] == [before[name] for name in unchanged]


def test_a_new_key_that_cannot_log_in_is_given_to_nobody(aws: FakeAws) -> None:
    before = aws.value()
    announce(aws)
    step(aws, "createSecret")
    with pytest.raises(Failure):
        step(aws, "testSecret", refused=True)
    assert aws.value() == before


@pytest.mark.parametrize("name", STEPS)
def test_each_step_can_be_repeated(aws: FakeAws, name: str) -> None:
    announce(aws)
    for done in STEPS[: STEPS.index(name) + 1]:
        step(aws, done)
    before = (aws.value(), aws.value("AWSPENDING"), dict(aws.keys or {}))
    step(aws, name)
    assert (aws.value(), aws.value("AWSPENDING"), aws.keys) == before


@pytest.mark.parametrize("error", [Crash(), refusal("InternalFailure")], ids=["crash", "failure"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("call", range(7))
def test_a_fault_in_the_first_step_leaves_no_key_behind_once_it_is_repeated(
    aws: FakeAws, call: int, before: bool, error: BaseException
) -> None:
    announce(aws)
    aws.calls.restart(Fault(call, before, error))
    with suppress(Crash, ClientError):
        step(aws, "createSecret")
    aws.calls.restart()
    for name in STEPS:
        step(aws, name)
    value = aws.value()
    assert {*(aws.keys or ())} == {value["access_key_id"], value["previous_access_key_id"]}


def test_the_test_that_aws_makes_when_rotation_is_set_up_tries_the_key_in_use(
    aws: FakeAws,
) -> None:
    announce(aws)
    before = aws.value()
    step(aws, "testSecret")
    assert aws.value() == before
    with pytest.raises(Failure, match="refused"):
        step(aws, "testSecret", refused=True)


def test_a_version_that_is_not_being_rotated_is_refused(aws: FakeAws) -> None:
    with pytest.raises(Failure, match="is not being rotated"):
        step(aws, "createSecret", version="unknown")


def test_the_next_deployment_removes_what_a_failed_rotation_left(aws: FakeAws) -> None:
    announce(aws)
    step(aws, "createSecret")
    serve(aws, FORM, "update")
    assert list(aws.keys or ()) == [aws.value()["access_key_id"]]
    assert aws.value("AWSPENDING") == {}


def test_a_deployment_after_a_rotation_changes_no_key(aws: FakeAws) -> None:
    announce(aws)
    for name in STEPS:
        step(aws, name)
    before = (aws.value(), dict(aws.keys or {}))
    serve(aws, FORM, "update")
    assert (aws.value(), aws.keys) == before
