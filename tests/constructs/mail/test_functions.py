from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.stub import Stubber

from groundwork.mail.activation.runtime import handler as activation
from groundwork.mail.feedback.runtime import handler as feedback
from groundwork.mail.feedback.runtime import ses
from groundwork.mail.feedback.runtime.cloudformation import Failure
from groundwork.mail.feedback.runtime.memory import Memory
from groundwork.mail.production_access.runtime import handler as production_access
from groundwork.mail.suppression.runtime import handler as suppression
from tests.constructs.mail.fake_aws import Calls, CrashError, Ses, Ssm

TOPIC = "arn:aws:sns:us-east-1:123456789012:data-example-org"
BEFORE = "arn:aws:sns:us-east-1:123456789012:before"
CONNECTED = {
    "BounceTopic": TOPIC,
    "ComplaintTopic": TOPIC,
    "HeadersInBounceNotificationsEnabled": True,
    "HeadersInComplaintNotificationsEnabled": True,
}


class Aws(NamedTuple):
    calls: Calls
    ses: Ses
    ssm: Ssm
    memory: Any


@pytest.fixture
def aws() -> Aws:
    calls = Calls()
    ssm, ses = Ssm(calls), Ses(calls)
    ses.identities["data@example.org"] = {}
    return Aws(calls, ses, ssm, Memory(ssm, "/groundwork/found"))


def connect(aws: Aws, topic: str = TOPIC) -> None:
    feedback.connect(aws.ses, aws.memory, "data@example.org", topic)


def disconnect(aws: Aws, topic: str = TOPIC) -> None:
    feedback.restore(aws.ses, aws.memory, "data@example.org", topic)


def test_feedback_goes_to_the_topic_with_headers(aws: Aws) -> None:
    connect(aws)
    assert aws.ses.identities["data@example.org"] == CONNECTED


@pytest.mark.parametrize(
    "found", [{}, {"BounceTopic": BEFORE, "HeadersInBounceNotificationsEnabled": True}]
)
def test_feedback_goes_where_it_went_before_once_the_topic_is_removed(
    aws: Aws, found: dict[str, Any]
) -> None:
    aws.ses.identities["data@example.org"] = dict(found)
    connect(aws)
    disconnect(aws)
    assert aws.ses.identities["data@example.org"] == found
    assert not aws.ssm.parameters


def test_feedback_that_somebody_sent_elsewhere_since_stays_there(aws: Aws) -> None:
    connect(aws)
    aws.ses.identities["data@example.org"]["BounceTopic"] = BEFORE
    disconnect(aws)
    assert aws.ses.identities["data@example.org"]["BounceTopic"] == BEFORE
    assert "ComplaintTopic" not in aws.ses.identities["data@example.org"]


def test_feedback_of_an_identity_that_is_gone_needs_no_restoring(aws: Aws) -> None:
    connect(aws)
    del aws.ses.identities["data@example.org"]
    disconnect(aws)
    assert not aws.ssm.parameters


def test_an_identity_that_is_gone_cannot_be_connected(aws: Aws) -> None:
    del aws.ses.identities["data@example.org"]
    with pytest.raises(Failure, match=r"SES has no identity data@example\.org"):
        connect(aws)


def test_a_topic_that_refuses_ses_is_named_with_what_it_lacks(aws: Aws) -> None:
    aws.ses.unpublishable.add(TOPIC)
    with pytest.raises(Failure, match=rf"Could not publish.*The policy of {TOPIC} must let"):
        connect(aws)


def test_our_rule_set_becomes_the_active_one_and_the_one_before_comes_back(aws: Aws) -> None:
    aws.ses.active = "theirs"
    activation.activate(aws.ses, aws.memory, "ours")
    assert aws.ses.active == "ours"
    activation.give_way(aws.ses, aws.memory, "ours")
    assert aws.ses.active == "theirs"
    assert not aws.ssm.parameters


def test_no_rule_set_is_active_when_the_one_before_is_gone(aws: Aws) -> None:
    aws.ses.active = "theirs"
    activation.activate(aws.ses, aws.memory, "ours")
    aws.ses.rule_sets.remove("theirs")
    activation.give_way(aws.ses, aws.memory, "ours")
    assert aws.ses.active is None


def test_a_rule_set_that_somebody_activated_since_stays_active(aws: Aws) -> None:
    activation.activate(aws.ses, aws.memory, "ours")
    aws.ses.active = "theirs"
    activation.give_way(aws.ses, aws.memory, "ours")
    assert aws.ses.active == "theirs"


def test_a_rule_set_that_replaces_ours_remembers_the_one_before_both(aws: Aws) -> None:
    aws.ses.active = "theirs"
    aws.ses.rule_sets.add("replacement")
    activation.activate(aws.ses, aws.memory, "ours")
    activation.activate(aws.ses, aws.memory, "replacement")
    activation.give_way(aws.ses, aws.memory, "replacement")
    assert aws.ses.active == "theirs"


def test_the_accounts_suppression_is_set_and_put_back(aws: Aws) -> None:
    aws.ses.account["SuppressionAttributes"] = {"SuppressedReasons": ["BOUNCE"]}
    suppression.suppress(aws.ses, aws.memory, [])
    assert suppression.read(aws.ses) == []
    suppression.suppress(aws.ses, aws.memory, ["COMPLAINT"])
    suppression.restore(aws.ses, aws.memory, ["COMPLAINT"])
    assert suppression.read(aws.ses) == ["BOUNCE"]
    assert not aws.ssm.parameters


def test_suppression_that_somebody_changed_since_is_left_alone(aws: Aws) -> None:
    suppression.suppress(aws.ses, aws.memory, ["COMPLAINT", "BOUNCE"])
    aws.ses.account["SuppressionAttributes"] = {"SuppressedReasons": ["COMPLAINT"]}
    suppression.restore(aws.ses, aws.memory, ["COMPLAINT", "BOUNCE"])
    assert suppression.read(aws.ses) == ["COMPLAINT"]


WORDS = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.org"}


@pytest.mark.parametrize(
    "account",
    [
        {"ProductionAccessEnabled": True},
        {"Details": {"ReviewDetails": {"Status": "PENDING"}}},
        {"Details": {"ReviewDetails": {"Status": "GRANTED"}}},
    ],
)
def test_production_access_is_not_asked_for_again(aws: Aws, account: dict[str, Any]) -> None:
    aws.ses.account = account
    production_access.request(aws.ses, WORDS)
    assert aws.calls.made == ["get_account"]


@pytest.mark.parametrize("account", [{}, {"Details": {"ReviewDetails": {"Status": "DENIED"}}}])
def test_production_access_is_asked_for_in_the_words_of_the_file(
    aws: Aws, account: dict[str, Any]
) -> None:
    aws.ses.account = account
    production_access.request(aws.ses, WORDS)
    assert aws.ses.account["asked"] == [{**WORDS, "ProductionAccessEnabled": True}]


def test_a_review_that_aws_has_not_finished_is_no_failure(aws: Aws) -> None:
    aws.ses.account["review"] = True
    production_access.request(aws.ses, WORDS)
    assert "asked" not in aws.ses.account


def test_an_ended_stack_takes_no_request_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.client", lambda *_: pytest.fail("called AWS"))
    production_access._apply({"RequestType": "Delete"})


def test_ses_is_called_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    client = boto3.client(
        "ses", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any", config=ses.PATIENT
    )
    with Stubber(client) as stubber:
        for _ in range(3):
            stubber.add_response("get_send_quota", {})
        paced = ses.paced(client)
        for _ in range(3):
            paced.get_send_quota()
    assert slept == [1.0, 1.0]


class Setting(NamedTuple):
    """A setting, how it is made and undone, and how it looks while it is made."""

    make: Callable[[Aws], None]
    undo: Callable[[Aws], None]
    look: Callable[[Aws], Any]
    made: Any


SETTINGS = {
    "feedback": Setting(
        connect, disconnect, lambda aws: aws.ses.identities["data@example.org"], CONNECTED
    ),
    "activation": Setting(
        lambda aws: activation.activate(aws.ses, aws.memory, "ours"),
        lambda aws: activation.give_way(aws.ses, aws.memory, "ours"),
        lambda aws: aws.ses.active,
        "ours",
    ),
    "suppression": Setting(
        lambda aws: suppression.suppress(aws.ses, aws.memory, ["COMPLAINT"]),
        lambda aws: suppression.restore(aws.ses, aws.memory, ["COMPLAINT"]),
        lambda aws: aws.ses.account.get("SuppressionAttributes", {}).get("SuppressedReasons", []),
        ["COMPLAINT"],
    ),
}


@pytest.mark.parametrize("after_effect", [False, True], ids=["before-its-effect", "after-it"])
@pytest.mark.parametrize("name", SETTINGS)
def test_a_function_that_dies_at_any_call_leaves_what_can_be_undone_and_made_again(
    aws: Aws, name: str, after_effect: bool
) -> None:
    setting = SETTINGS[name]
    aws.ses.active = "theirs"
    found = deepcopy(setting.look(aws))
    setting.make(aws)
    steps = len(aws.calls.made)
    setting.undo(aws)
    for step in range(steps):
        _die(aws, step, setting.make, after_effect)
        setting.undo(aws)
        assert (setting.look(aws), aws.ssm.parameters) == (found, {}), "a rollback"
        _die(aws, step, setting.make, after_effect)
        setting.make(aws)
        assert setting.look(aws) == setting.made, "a replay"
        setting.undo(aws)
        assert (setting.look(aws), aws.ssm.parameters) == (found, {}), "a later deletion"


@pytest.mark.parametrize("after_effect", [False, True], ids=["before-its-effect", "after-it"])
@pytest.mark.parametrize("name", SETTINGS)
def test_a_deletion_that_dies_at_any_call_can_be_repeated(
    aws: Aws, name: str, after_effect: bool
) -> None:
    setting = SETTINGS[name]
    aws.ses.active = "theirs"
    found = deepcopy(setting.look(aws))
    setting.make(aws)
    made = len(aws.calls.made)
    setting.undo(aws)
    for step in range(len(aws.calls.made) - made):
        setting.make(aws)
        _die(aws, step, setting.undo, after_effect)
        setting.undo(aws)
        assert (setting.look(aws), aws.ssm.parameters) == (found, {})


def _die(aws: Aws, step: int, work: Callable[[Aws], None], after_effect: bool) -> None:
    aws.calls.fails_at = len(aws.calls.made) + step
    aws.calls.after_effect = after_effect
    try:
        work(aws)
    except CrashError:
        pass
    finally:
        aws.calls.fails_at = None


@pytest.mark.parametrize("after_effect", [False, True], ids=["before-its-effect", "after-it"])
@pytest.mark.parametrize("step", [0, 1])
def test_a_request_for_production_access_that_dies_at_any_call_is_sent_once(
    aws: Aws, step: int, after_effect: bool
) -> None:
    def ask(aws: Aws) -> None:
        production_access.request(aws.ses, WORDS)

    _die(aws, step, ask, after_effect)
    arrived = (step, after_effect) == (1, True)
    if arrived:  # AWS decides on it from then on
        aws.ses.account.setdefault("Details", {})["ReviewDetails"] = {"Status": "PENDING"}
    before = len(aws.calls.made)
    ask(aws)
    asked = aws.calls.made[before:]
    assert asked == (["get_account"] if arrived else ["get_account", "put_account_details"])
