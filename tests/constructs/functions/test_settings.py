from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.stub import Stubber

from groundwork.functions.activation.handler import ActiveRuleSet
from groundwork.functions.feedback.handler import FeedbackTopic
from groundwork.functions.production_access import handler as production_access
from groundwork.functions.shared import ses, setting
from groundwork.functions.shared.cloudformation import Failure
from groundwork.functions.shared.saved_state import SavedState
from groundwork.functions.suppression.handler import SuppressedReasons
from tests import sleeping
from tests.constructs.functions.fake_ses import FakeSes, FakeSsm
from tests.constructs.functions.faults import Calls, Client, Crash, Fault

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import PutAccountDetailsRequestTypeDef

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
    ses: FakeSes
    email: Any
    ssm: FakeSsm
    saved: SavedState[Any]

    def make(self, made: setting.Setting[Any]) -> None:
        setting.make(made, self.saved)

    def remove(self, made: setting.Setting[Any]) -> None:
        setting.remove(made, self.saved)


@pytest.fixture
def aws() -> Aws:
    calls = Calls()
    ssm, ses = FakeSsm(), FakeSes()
    ses.identities["data@example.org"] = {}
    parameters: Any = Client(ssm, calls)
    return Aws(calls, ses, Client(ses, calls), ssm, SavedState(parameters, "/groundwork/saved"))


def feedback(aws: Aws) -> FeedbackTopic:
    return FeedbackTopic(aws.email, "data@example.org", TOPIC)


def rule_set(aws: Aws, name: str = "ours") -> ActiveRuleSet:
    return ActiveRuleSet(aws.email, name)


def suppression(aws: Aws, *reasons: Any) -> SuppressedReasons:
    return SuppressedReasons(aws.email, reasons)


def suppressed(aws: Aws) -> list[str]:
    return sorted(aws.ses.account.get("SuppressionAttributes", {}).get("SuppressedReasons", []))


def test_feedback_goes_to_the_topic_with_headers(aws: Aws) -> None:
    aws.make(feedback(aws))
    assert aws.ses.identities["data@example.org"] == CONNECTED


@pytest.mark.parametrize(
    "found", [{}, {"BounceTopic": BEFORE, "HeadersInBounceNotificationsEnabled": True}]
)
def test_feedback_goes_where_it_went_before_once_the_topic_is_removed(
    aws: Aws, found: dict[str, Any]
) -> None:
    aws.ses.identities["data@example.org"] = dict(found)
    aws.make(feedback(aws))
    aws.remove(feedback(aws))
    assert aws.ses.identities["data@example.org"] == found
    assert not aws.ssm.parameters


def test_feedback_that_somebody_sent_elsewhere_since_stays_there(aws: Aws) -> None:
    aws.make(feedback(aws))
    aws.ses.identities["data@example.org"]["BounceTopic"] = BEFORE
    aws.remove(feedback(aws))
    assert aws.ses.identities["data@example.org"]["BounceTopic"] == BEFORE
    assert "ComplaintTopic" not in aws.ses.identities["data@example.org"]


def test_feedback_of_an_identity_that_is_gone_needs_no_restoring(aws: Aws) -> None:
    aws.make(feedback(aws))
    del aws.ses.identities["data@example.org"]
    aws.remove(feedback(aws))
    assert not aws.ssm.parameters


def test_an_identity_that_is_gone_cannot_be_connected(aws: Aws) -> None:
    del aws.ses.identities["data@example.org"]
    with pytest.raises(Failure, match=r"SES has no identity data@example\.org"):
        aws.make(feedback(aws))


def test_a_topic_that_refuses_ses_is_named_with_what_it_lacks(aws: Aws) -> None:
    aws.ses.unpublishable.add(TOPIC)
    with pytest.raises(Failure, match=rf"Could not publish.*The policy of {TOPIC} must let"):
        aws.make(feedback(aws))


def test_our_rule_set_becomes_the_active_one_and_the_one_before_comes_back(aws: Aws) -> None:
    aws.ses.active = "theirs"
    aws.make(rule_set(aws))
    assert aws.ses.active == "ours"
    aws.remove(rule_set(aws))
    assert aws.ses.active == "theirs"
    assert not aws.ssm.parameters


def test_no_rule_set_is_active_when_the_one_before_is_gone(aws: Aws) -> None:
    aws.ses.active = "theirs"
    aws.make(rule_set(aws))
    aws.ses.rule_sets.remove("theirs")
    aws.remove(rule_set(aws))
    assert aws.ses.active is None


def test_a_rule_set_that_somebody_activated_since_stays_active(aws: Aws) -> None:
    aws.make(rule_set(aws))
    aws.ses.active = "theirs"
    aws.remove(rule_set(aws))
    assert aws.ses.active == "theirs"


def test_a_rule_set_that_replaces_ours_saves_the_one_before_both(aws: Aws) -> None:
    aws.ses.active = "theirs"
    aws.ses.rule_sets.add("replacement")
    aws.make(rule_set(aws))
    aws.make(rule_set(aws, "replacement"))
    aws.remove(rule_set(aws, "replacement"))
    assert aws.ses.active == "theirs"


def test_the_accounts_suppression_is_set_and_put_back(aws: Aws) -> None:
    aws.ses.account["SuppressionAttributes"] = {"SuppressedReasons": ["BOUNCE"]}
    aws.make(suppression(aws))
    assert suppressed(aws) == []
    aws.make(suppression(aws, "COMPLAINT"))
    aws.remove(suppression(aws, "COMPLAINT"))
    assert suppressed(aws) == ["BOUNCE"]
    assert not aws.ssm.parameters


def test_suppression_that_somebody_changed_since_is_left_alone(aws: Aws) -> None:
    aws.make(suppression(aws, "COMPLAINT", "BOUNCE"))
    aws.ses.account["SuppressionAttributes"] = {"SuppressedReasons": ["COMPLAINT"]}
    aws.remove(suppression(aws, "COMPLAINT", "BOUNCE"))
    assert suppressed(aws) == ["COMPLAINT"]


WORDS: PutAccountDetailsRequestTypeDef = {
    "MailType": "TRANSACTIONAL",
    "WebsiteURL": "https://example.org",
}


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
    production_access.request(aws.email, WORDS)
    assert aws.calls.made == ["get_account"]


@pytest.mark.parametrize("account", [{}, {"Details": {"ReviewDetails": {"Status": "DENIED"}}}])
def test_production_access_is_asked_for_in_the_words_of_the_file(
    aws: Aws, account: dict[str, Any]
) -> None:
    aws.ses.account = account
    production_access.request(aws.email, WORDS)
    assert aws.ses.account["asked"] == [{**WORDS, "ProductionAccessEnabled": True}]


def test_a_review_that_aws_has_not_finished_is_no_failure(aws: Aws) -> None:
    aws.ses.account["review"] = True
    production_access.request(aws.email, WORDS)
    assert "asked" not in aws.ses.account


def test_an_ended_stack_takes_no_request_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.client", lambda *_: pytest.fail("called AWS"))
    event: Any = {"RequestType": "Delete"}
    production_access._apply(event)


def test_ses_is_called_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleeping.replaced(monkeypatch, slept.append)
    client = boto3.client(
        "ses", "us-east-1", aws_access_key_id="any", aws_secret_access_key="any", config=ses.RETRIES
    )
    with Stubber(client) as stubber:
        for _ in range(3):
            stubber.add_response("get_send_quota", {})
        limited = ses.rate_limited(client)
        for _ in range(3):
            limited.get_send_quota()
    assert slept == [1.0, 1.0]


class Case(NamedTuple):
    """A setting, how it looks, and how it looks while it is made."""

    setting: Callable[[Aws], setting.Setting[Any]]
    look: Callable[[Aws], Any]
    made: Any


CASES = {
    "feedback": Case(feedback, lambda aws: aws.ses.identities["data@example.org"], CONNECTED),
    "activation": Case(rule_set, lambda aws: aws.ses.active, "ours"),
    "suppression": Case(lambda aws: suppression(aws, "COMPLAINT"), suppressed, ["COMPLAINT"]),
}
EACH_CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
EACH_MOMENT = pytest.mark.parametrize("before", [True, False], ids=["before", "after"])


@EACH_MOMENT
@EACH_CASE
def test_a_function_that_dies_at_any_call_leaves_what_can_be_undone_and_made_again(
    aws: Aws, case: Case, before: bool
) -> None:
    aws.ses.active = "theirs"
    found = deepcopy(case.look(aws))
    aws.make(case.setting(aws))
    steps = len(aws.calls.made)
    aws.remove(case.setting(aws))
    for step in range(steps):
        _die(aws, Fault(step, before, Crash()), aws.make, case)
        aws.remove(case.setting(aws))
        assert (case.look(aws), aws.ssm.parameters) == (found, {}), "a rollback"
        _die(aws, Fault(step, before, Crash()), aws.make, case)
        aws.make(case.setting(aws))
        assert case.look(aws) == case.made, "a replay"
        aws.remove(case.setting(aws))
        assert (case.look(aws), aws.ssm.parameters) == (found, {}), "a later deletion"


@EACH_MOMENT
@EACH_CASE
def test_a_deletion_that_dies_at_any_call_can_be_repeated(
    aws: Aws, case: Case, before: bool
) -> None:
    aws.ses.active = "theirs"
    found = deepcopy(case.look(aws))
    aws.make(case.setting(aws))
    made = len(aws.calls.made)
    aws.remove(case.setting(aws))
    for step in range(len(aws.calls.made) - made):
        aws.make(case.setting(aws))
        _die(aws, Fault(step, before, Crash()), aws.remove, case)
        aws.remove(case.setting(aws))
        assert (case.look(aws), aws.ssm.parameters) == (found, {})


def _die(aws: Aws, fault: Fault, work: Callable[[setting.Setting[Any]], None], case: Case) -> None:
    aws.calls.restart(fault)
    with suppress(Crash):
        work(case.setting(aws))
    aws.calls.restart()


@EACH_MOMENT
@pytest.mark.parametrize("step", [0, 1])
def test_a_request_for_production_access_that_dies_at_any_call_is_sent_once(
    aws: Aws, step: int, before: bool
) -> None:
    aws.calls.restart(Fault(step, before, Crash()))
    with pytest.raises(Crash):
        production_access.request(aws.email, WORDS)
    aws.calls.restart()
    arrived = (step, before) == (1, False)
    if arrived:  # AWS decides on it from then on
        aws.ses.account.setdefault("Details", {})["ReviewDetails"] = {"Status": "PENDING"}
    production_access.request(aws.email, WORDS)
    asked = aws.calls.made
    assert asked == (["get_account"] if arrived else ["get_account", "put_account_details"])
