"""The life of a key, with each call of each request failing, or being the last before a crash."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from groundwork.functions.credentials import renewal
from groundwork.functions.credentials.access_keys import AccessKeys
from groundwork.functions.credentials.secret import Secret
from groundwork.functions.shared.cloudformation import Event, Failure, attempt
from tests.constructs.functions.fake_keys import ARN, USER, FakeAws
from tests.constructs.functions.faults import Crash, Fault, refusal

HOSTS = {"us-east-1": "email-smtp.us-east-1.amazonaws.com", "eu-west-2": "email-smtp.eu-west-2.aws"}


def form(version: int, **contents: Any) -> dict[str, Any]:
    places = {region: {"host": host} for region, host in HOSTS.items()}
    return {
        "user": USER,
        "version": version,
        "region": "us-east-1",
        "regions": places,
        "from": ["noreply@example.org"],
        **contents,
    }


def request(aws: FakeAws, name: str, wanted: dict[str, Any] | None) -> str | None:
    """Serve a request as the function does; return the reason why it failed."""
    keys = AccessKeys(aws.iam, USER)

    def verify(value: dict[str, Any]) -> None:
        def work() -> None:
            key = renewal.key_of(value)
            assert aws.keys
            assert aws.keys.get(key.access_key_id) == key.secret_access_key

        aws.calls.make("get_caller_identity", work)

    def work(event: Event[Any]) -> None:
        if wanted is None:
            rolled_back = name == "rollback"
            renewal.remove(keys, Secret(aws.secrets, ARN), is_rolled_back=rolled_back)
        else:
            renewal.apply(keys, Secret(aws.secrets, ARN), wanted, name, verify)

    anything: Any = {}
    return attempt(work, anything)


def new() -> FakeAws:
    return FakeAws()


def renewed_once() -> FakeAws:
    """An account with a key in use and the one before it, as after the first renewal."""
    aws = FakeAws()
    assert request(aws, "create", form(1)) is None
    assert request(aws, "renew", form(2)) is None
    return aws


def settled(aws: FakeAws) -> None:
    """Check that no key and no version is left that nobody knows of."""
    value = aws.value()
    assert {*(aws.keys or {})} == {
        value[name] for name in ("access_key_id", "previous_access_key_id") if value[name]
    }
    assert not any("AWSPENDING" in labels for _, labels in aws.versions.values())


def calls(start: Callable[[], FakeAws], wanted: dict[str, Any]) -> list[str]:
    aws = start()
    aws.calls.restart()
    assert request(aws, "request", wanted) is None
    return aws.calls.made


def each_call(start: Callable[[], FakeAws], wanted: dict[str, Any]) -> pytest.MarkDecorator:
    """Parametrize with a fault before and after each call of a request."""
    places = [
        pytest.param(number, before, id=f"{'before' if before else 'after'}-{number}-{name}")
        for number, name in enumerate(calls(start, wanted))
        for before in (True, False)
    ]
    return pytest.mark.parametrize(("call", "before"), places)


ON_CREATE = each_call(new, form(1))
ON_RENEWAL = each_call(renewed_once, form(3))


def test_a_new_user_gets_one_key_and_a_password_for_each_region() -> None:
    aws = new()
    assert request(aws, "create", form(1)) is None
    value = aws.value()
    assert aws.keys == {value["access_key_id"]: value["secret_access_key"]}
    assert value["regions"].keys() == HOSTS.keys()
    assert value["regions"]["us-east-1"] == {
        "host": HOSTS["us-east-1"],
        "port": 587,
        "username": value["access_key_id"],
        "password": value["password"],
    }
    assert value["regions"]["eu-west-2"]["password"] != value["password"]
    assert (value["from"], value["user"]) == (["noreply@example.org"], USER)


def test_without_smtp_the_secret_has_the_key_and_the_contents_alone() -> None:
    aws = new()
    backup = {"user": USER, "version": 1, "region": "eu-west-2", "bucket": "ocp"}
    assert request(aws, "create", backup) is None
    assert aws.value() == {
        **backup,
        "access_key_id": "AKIA1",
        "secret_access_key": "hidden-AKIA1",
        "previous_access_key_id": None,
    }


def test_a_renewal_keeps_the_key_before_it_until_the_next_one() -> None:
    aws = new()
    used = []
    for version in (1, 2, 3):
        assert request(aws, f"request-{version}", form(version)) is None
        used.append(aws.value()["access_key_id"])
        assert list(aws.keys or ()) == used[-2:]
        settled(aws)
    assert len({*used}) == 3


@ON_CREATE
def test_a_creation_that_crashes_succeeds_when_it_is_tried_again(call: int, before: bool) -> None:
    aws = new()
    aws.calls.restart(Fault(call, before, Crash()))
    with pytest.raises(Crash):
        request(aws, "create", form(1))
    aws.calls.restart()
    assert request(aws, "create", form(1)) is None
    assert len(aws.keys or ()) == 1
    settled(aws)


@ON_CREATE
def test_a_creation_that_fails_leaves_a_user_that_can_be_deleted(call: int, before: bool) -> None:
    aws = new()
    aws.calls.restart(Fault(call, before, refusal("InternalFailure")))
    reason = request(aws, "create", form(1))
    lost_answer = aws.calls.made[call] == "put_secret_value" and not before
    assert reason == (None if lost_answer else "AnyOperation: InternalFailure: no")
    aws.calls.restart()
    aws.watched = False
    assert request(aws, "delete", None) is None
    assert aws.keys == {}


@ON_CREATE
def test_a_creation_that_fails_leaves_no_key_that_nobody_is_given(call: int, before: bool) -> None:
    aws = new()
    aws.calls.restart(Fault(call, before, refusal("InternalFailure")))
    request(aws, "create", form(1))
    if aws.calls.made[call] not in ("create_access_key", "delete_access_key"):
        assert {*(aws.keys or ())} <= {aws.value().get("access_key_id")}


@ON_RENEWAL
def test_a_renewal_that_crashes_succeeds_when_it_is_tried_again(call: int, before: bool) -> None:
    aws = renewed_once()
    used = aws.value()["access_key_id"]
    aws.calls.restart(Fault(call, before, Crash()))
    with pytest.raises(Crash):
        request(aws, "again", form(3))
    aws.calls.restart()
    assert request(aws, "again", form(3)) is None
    assert aws.value()["version"] == 3
    assert aws.value()["previous_access_key_id"] == used
    settled(aws)


@pytest.mark.parametrize("error", [Crash(), refusal("InternalFailure")], ids=["crash", "failure"])
@ON_RENEWAL
def test_a_renewal_that_is_rolled_back_leaves_what_was_there(
    call: int, before: bool, error: BaseException
) -> None:
    aws = renewed_once()
    used = aws.value()["access_key_id"]
    aws.calls.restart(Fault(call, before, error))
    with suppress(Crash):
        request(aws, "again", form(3))
    aws.calls.restart()
    assert request(aws, "rollback", form(2)) is None
    assert aws.value()["access_key_id"] == used
    assert aws.value()["version"] == 2
    settled(aws)
    assert request(aws, "next", form(3)) is None
    assert aws.value()["version"] == 3
    assert aws.value()["previous_access_key_id"] == used
    settled(aws)


def test_a_rollback_after_a_finished_renewal_brings_back_the_key_and_keeps_the_new_one() -> None:
    aws = renewed_once()
    used = aws.value()["access_key_id"]
    request(aws, "again", form(3))
    fetched = aws.value()["access_key_id"]
    assert request(aws, "rollback", form(2)) is None
    assert aws.value()["access_key_id"] == used
    assert {*(aws.keys or ())} == {used, fetched}
    settled(aws)


def test_an_update_of_the_contents_changes_no_key() -> None:
    aws = renewed_once()
    before, keys = aws.value(), copy.copy(aws.keys)
    assert request(aws, "contents", form(2, **{"from": ["other@example.org"]})) is None
    assert aws.value() == {**before, "from": ["other@example.org"]}
    assert aws.keys == keys


def test_an_update_that_changes_nothing_writes_nothing() -> None:
    aws = renewed_once()
    aws.calls.restart()
    assert request(aws, "same", form(2)) is None
    assert "put_secret_value" not in aws.calls.made


@pytest.mark.parametrize("replayed", ["create", "renew"])
def test_a_request_that_comes_again_changes_nothing(replayed: str) -> None:
    aws = renewed_once()
    before, keys = aws.value(), copy.copy(aws.keys)
    wanted = {"create": form(1), "renew": form(2)}[replayed]
    assert request(aws, replayed, wanted) is None
    assert (aws.value(), aws.keys) == (before, keys)


def test_a_key_deleted_by_hand_is_made_again_and_the_one_before_it_stays() -> None:
    aws = renewed_once()
    previous = aws.value()["previous_access_key_id"]
    assert aws.keys is not None
    del aws.keys[aws.value()["access_key_id"]]
    aws.watched = False
    assert request(aws, "contents", form(2)) is None
    assert aws.value()["access_key_id"] in aws.keys
    assert aws.value()["previous_access_key_id"] == previous
    settled(aws)


def test_a_key_made_by_hand_does_not_stop_a_renewal() -> None:
    aws = new()
    request(aws, "create", form(1))
    assert aws.keys is not None
    aws.keys["AKIA-BY-HAND"] = "other"
    assert request(aws, "renew", form(2)) is None
    settled(aws)


def adopted(*more: str) -> FakeAws:
    """An account in which a user had keys before its secret was made."""
    keys = ("AKIA-HAND", *more)
    return FakeAws(keys=dict.fromkeys(keys, "theirs"), by_hand=keys)


def test_an_adopted_users_own_key_works_on_until_it_is_deactivated() -> None:
    aws = adopted()
    assert request(aws, "create", form(1)) is None
    assert {*(aws.keys or ())} == {"AKIA-HAND", aws.value()["access_key_id"]}
    assert aws.value()["previous_access_key_id"] == "AKIA-HAND"
    assert request(aws, "contents", form(1, **{"from": ["other@example.org"]})) is None
    assert "AKIA-HAND" in (aws.keys or ())
    settled(aws)
    reason = str(request(aws, "renew", form(2)))
    assert "deactivate it, and renew again" in reason
    assert "--user-name credere --access-key-id AKIA-HAND --status Inactive" in reason
    assert "AKIA-HAND" in (aws.keys or ())
    settled(aws)
    aws.inactive.add("AKIA-HAND")
    assert request(aws, "again", form(2)) is None
    assert "AKIA-HAND" not in (aws.keys or ())
    settled(aws)


@each_call(adopted, form(1))
def test_whatever_fails_an_adopted_users_own_key_works_on(call: int, before: bool) -> None:
    aws = adopted()
    aws.calls.restart(Fault(call, before, refusal("InternalFailure")))
    request(aws, "create", form(1))
    aws.calls.restart()
    aws.watched = False
    assert request(aws, "rollback", None) is None
    assert {*(aws.keys or ())} == {"AKIA-HAND"}


def test_an_adopted_user_that_leaves_the_file_is_left_without_a_key() -> None:
    aws = adopted()
    assert request(aws, "create", form(1)) is None
    aws.watched = False
    assert request(aws, "delete", None) is None
    assert aws.keys == {}


def test_a_user_whose_secret_is_gone_for_good_is_left_without_a_key() -> None:
    aws = renewed_once()
    aws.exists = aws.watched = False
    aws.calls.restart()
    assert request(aws, "delete", None) is None
    assert aws.keys == {}
    # Without its policy the function is refused there, and is not told that nothing is there.
    assert "describe_secret" not in aws.calls.made


def test_two_keys_of_an_adopted_user_are_left_and_no_third_is_made() -> None:
    aws = adopted("AKIA-TWO")
    assert "LimitExceeded" in str(request(aws, "create", form(1)))
    assert {*(aws.keys or ())} == {"AKIA-HAND", "AKIA-TWO"}


def test_a_key_that_goes_while_it_is_being_deleted_is_no_failure() -> None:
    aws = new()
    request(aws, "create", form(1))
    assert aws.keys is not None
    before = [*aws.keys]
    AccessKeys(aws.iam, USER).delete("AKIA-GONE")
    assert [*aws.keys] == before


def test_a_secret_scheduled_for_deletion_is_taken_back() -> None:
    aws = renewed_once()
    aws.deleted = True
    assert request(aws, "again", form(3)) is None
    assert not aws.deleted
    assert aws.value()["version"] == 3


def test_a_secret_that_is_gone_is_named_before_any_key_is_made() -> None:
    aws = renewed_once()
    aws.exists = False
    keys = copy.copy(aws.keys)
    assert "was deleted outside CloudFormation" in str(request(aws, "again", form(3)))
    assert aws.keys == keys


def test_a_user_that_is_gone_is_named_and_can_be_taken_out_of_the_file() -> None:
    aws = renewed_once()
    aws.keys, aws.watched = None, False
    assert "IAM user credere was deleted outside CloudFormation" in str(
        request(aws, "again", form(3))
    )
    assert request(aws, "delete", None) is None


@ON_RENEWAL
def test_no_reason_and_no_log_has_a_secret(
    call: int, before: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = renewed_once()
    said: list[str] = []
    for error in (refusal("InternalFailure"), ValueError("hidden-AKIA1"), Failure("ours")):
        aws.calls.restart(Fault(call, before, error))
        said.append(str(request(aws, f"again-{len(said)}", form(3 + len(said)))))
    assert "hidden" not in "".join(said) + "".join(capsys.readouterr())
