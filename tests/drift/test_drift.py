"""Thirty changes by hand: each is named, and what CloudFormation can take back it does."""

import difflib

import pytest

from tests.drift.conftest import Story
from tests.drift.hands import HANDS, Hand

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("drift")]


def named(story: Story, step: str, hand: Hand) -> bool:
    return any(
        change["place"].startswith(hand.place) and hand.what in change["what"]
        for change in story.found(step)["changes"]
    )


def test_what_was_just_deployed_is_clean(story: Story) -> None:
    assert story.found("drift-clean") == {"changes": [], "unasked": []}
    assert story.statuses["drift-clean"] == 0


@pytest.mark.parametrize("name", HANDS)
def test_each_change_is_named(story: Story, name: str) -> None:
    assert named(story, "drift", HANDS[name])


def test_the_exit_status_says_that_something_changed(story: Story) -> None:
    assert story.statuses["drift"] == 2


def test_access_and_network_come_first(story: Story) -> None:
    lines = story.said["drift-shown"]
    titles = ["who may do what", "who may connect", "data", "mail", "everything else"]
    places = [lines.index(f"Changed outside CloudFormation: {title}\n") for title in titles]
    assert places == sorted(places)


def test_both_ways_out_are_said(story: Story) -> None:
    assert "groundwork drift --revert" in story.said["drift-shown"]
    kept = "groundwork adopt --only data/databases/analysis --write"
    assert kept in story.said["drift-shown"]


@pytest.mark.parametrize("name", [name for name, hand in HANDS.items() if hand.reversible])
def test_a_reviewed_change_set_takes_it_back(story: Story, name: str) -> None:
    assert not named(story, "drift-after", HANDS[name])


@pytest.mark.parametrize("name", [name for name, hand in HANDS.items() if hand.kept])
def test_what_the_file_was_given_and_executed_is_as_declared(story: Story, name: str) -> None:
    assert not named(story, "drift-kept", HANDS[name])


LEFT = [name for name, hand in HANDS.items() if not hand.reversible and not hand.kept]


@pytest.mark.parametrize("name", LEFT)
def test_what_no_change_set_takes_back_stays_named(story: Story, name: str) -> None:
    assert named(story, "drift-after", HANDS[name])


def test_the_review_that_takes_it_back_says_so_in_its_head(story: Story) -> None:
    head = story.said["revert"].partition("Stacks, in order of execution")[0]
    assert "Changed outside CloudFormation since the last deployment" in head
    assert head.count("Executing this takes it back") >= 20
    assert "Executing this leaves it as it is" in head


def test_a_run_that_was_killed_between_two_stacks_is_made_again_in_all_of_them(
    story: Story,
) -> None:
    """The fixture kills the first run; its change set stays, and nobody can approve it."""
    for name in ("mail-us-east-1", "data-us-east-1", "backup-eu-west-2"):
        assert name in story.said["revert"].partition("Stacks, in order of execution")[2]


def test_an_execution_whose_command_was_killed_goes_on_in_every_stack(story: Story) -> None:
    """The fixture kills it once AWS has begun; what is said here is of the run after it."""
    for name in ("mail-us-east-1", "data-us-east-1", "backup-eu-west-2"):
        client = story.client("cloudformation", name.partition("-")[2])
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "UPDATE_COMPLETE"
        assert f"{name}: " in story.said["execute"]


WRITTEN = [
    "+ backup_days: 3",
    "+ deletion_protection: false",
    "+ expire_after_days: 1",
    "+ instance: db.t3.large",
    '+ postgresql_from: [0.0.0.0/0, "::/0", 203.0.113.0/24]',
    "+ require_tls: false",
    "+ suppression: [complaint]",
    "- backup_days: 1",
    "- expire_after_days: 30",
    "- instance: db.t3.micro",
    '- postgresql_from: [0.0.0.0/0, "::/0"]',
]


def test_what_would_be_kept_is_told_to_programs_too(story: Story) -> None:
    found = {(change["place"], change["field"]) for change in story.found("keep-look")["changes"]}
    assert ("data/databases/analysis", "instance") in found


def test_what_is_kept_changes_the_file_in_these_fields_alone(story: Story) -> None:
    before, after = (story.texts[step].splitlines() for step in ("before", "after"))
    lines = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert sorted(" ".join(line.split()) for line in lines) == WRITTEN
