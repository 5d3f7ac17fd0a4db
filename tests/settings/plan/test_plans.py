"""Which stacks there are, and what each holds."""

from __future__ import annotations

from typing import Any

import pytest

from settings import ConfigurationError, parse
from settings.plan import PLANNERS, StackPlan, plans
from settings.plan.backup import BackupItems
from settings.plan.data import DataItems
from settings.plan.mail import MailItems
from settings.values.areas import Area
from tests.conftest import ACCOUNT
from tests.settings.test_every_field import EVERYTHING


def planned(text: str) -> dict[str, StackPlan]:
    return {plan.name: plan for plan in plans(parse(ACCOUNT + text))}


def mail(text: str) -> MailItems:
    (plan,) = planned(text).values()
    assert isinstance(plan.items, MailItems)
    return plan.items


def test_every_area_has_a_planner() -> None:
    assert list(PLANNERS) == list(Area)


def test_the_file_of_every_field_has_a_stack_for_each_region_and_part() -> None:
    found = plans(parse(EVERYTHING))
    assert [plan.name for plan in found] == [
        "production-mail-eu-west-2",
        "production-mail-eu-west-2-second",
        "production-mail-us-east-1",
        "production-mail-us-east-1-second",
        "production-data-us-east-1-second",
        "production-backup-eu-west-2-second",
        "production-backup-us-east-1",
        "production-services-us-east-1",
        "production-services-us-east-1-second",
        "production-access-us-east-1",
    ]


def test_a_further_mail_stack_comes_after_the_first() -> None:
    after = {plan.name: [stack.name for stack in plan.after] for plan in plans(parse(EVERYTHING))}
    assert {name: earlier for name, earlier in after.items() if earlier} == {
        "production-mail-eu-west-2-second": ["production-mail-eu-west-2"],
        "production-mail-us-east-1-second": ["production-mail-us-east-1"],
    }


@pytest.mark.parametrize(
    "field",
    [
        "notify: [a@example.org]",
        "suppression: []",
        "quota: {daily: 5}",
        "production_access: {mail_type: transactional, website: https://example.org, "
        "use_case: Notices to people who asked for them., contacts: [a@example.org]}",
    ],
)
def test_what_is_of_the_account_alone_has_a_stack_in_the_files_region(field: str) -> None:
    assert list(planned(f"region: eu-west-2\nmail: {{{field}}}\n")) == ["mail-eu-west-2"]


@pytest.mark.parametrize("text", ["", "mail:\n", "mail: {domains: }\n", "tags: {a: b}\n"])
def test_a_file_that_declares_nothing_to_deploy_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="must declare something to deploy: mail, data"):
        planned(text)


def test_names_that_the_account_knows_once_carry_the_environment() -> None:
    found = {plan.id.area: plan for plan in plans(parse(EVERYTHING)) if plan.region == "us-east-1"}
    senders, data, backup = (found[area].items for area in (Area.MAIL, Area.DATA, Area.BACKUP))
    assert isinstance(senders, MailItems)
    assert isinstance(data, DataItems)
    assert isinstance(backup, BackupItems)
    assert senders.senders["credere"].user == "production-credere"
    assert senders.senders["credere"].alarms == "production-data-example-org"
    assert data.databases["analysis"].identifier == "production-analysis"
    assert backup.buckets["database-backup"].users["database"].user == "production-database"


TOPICS = """
mail:
  notify: [a@example.org]
  domains: {example.org: {notify: [b@example.org]}, example.net: {}}
  addresses: {data@example.org: {notify: [c@example.org, d@example.org]}}
  configuration_sets:
    shared: {topic: data@example.org, notify: [d@example.org, e@example.org]}
    own: {notify: [f@example.org]}
"""


def test_topics_bring_together_who_publishes_and_who_is_subscribed() -> None:
    topics = mail(TOPICS).topics
    assert {name: topic.subscribers for name, topic in topics.items()} == {
        "mail-alarms": ("a@example.org",),
        "example-org": ("b@example.org",),
        "data-example-org": ("c@example.org", "d@example.org", "e@example.org"),
        "own-events": ("f@example.org",),
    }
    assert topics["data-example-org"].identities == ("data@example.org",)
    assert topics["data-example-org"].configuration_sets == ("shared",)


def test_two_environments_of_an_account_claim_no_topic_twice() -> None:
    one, other = mail(f"environment: one\n{TOPICS}"), mail(f"environment: other\n{TOPICS}")
    assert one.topics
    assert not one.topics.keys() & other.topics.keys()


def test_a_stack_says_what_the_file_declares_of_its_items_in_the_files_words() -> None:
    found = planned("""
backup:
  buckets:
    here: {expect_every: 2h, notify: [a@example.org], users: {one: {tool: files}}}
    far: {region: eu-west-2}
data: {bastion: true, networks: {main: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a}}}}
mail: {domains: {example.org: }, configuration_sets: {one: }}
""")
    here: Any = found["backup-us-east-1"].declared["buckets"]
    assert list(here) == ["here"]
    assert here["here"]["expect_every"] == "2h"
    assert here["here"]["users"] == {"one": {"tool": "files"}}
    assert found["data-us-east-1"].declared["bastion"] is True
    assert list(found["mail-us-east-1"].declared) == ["domains", "configuration_sets"]
