from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from settings import Settings
from tests.builders import sender

ASSET = re.compile(r"[0-9a-f]{64}\.zip")


@pytest.fixture
def template(example_templates: dict[str, Template]) -> Template:
    return example_templates["mail-us-east-1"]


def test_the_example_is_deployed_as_it_was_reviewed(
    template: Template, snapshot: SnapshotAssertion
) -> None:
    masked = json.loads(ASSET.sub("ASSET.zip", json.dumps(template.to_json())))
    assert masked == snapshot(extension_class=JSONSnapshotExtension)


def test_the_wiki_pages_topic_is_there_with_its_subscription(template: Template) -> None:
    template.has_resource_properties("AWS::SNS::Topic", {"TopicName": "data-open-contracting-org"})
    template.has_resource_properties(
        "AWS::SNS::Subscription",
        {"Protocol": "email", "Endpoint": "sysadmin@open-contracting.org"},
    )


def test_the_wiki_pages_configuration_set_tells_of_three_events_and_no_other(
    template: Template,
) -> None:
    template.has_resource_properties("AWS::SES::ConfigurationSet", {"Name": "credere"})
    (topic,) = (
        name
        for name, resource in template.find_resources("AWS::SNS::Topic").items()
        if resource["Properties"]["TopicName"] == "data-open-contracting-org"
    )
    told = [
        resource["Properties"]["EventDestination"]["MatchingEventTypes"]
        for resource in template.find_resources(
            "AWS::SES::ConfigurationSetEventDestination"
        ).values()
        if resource["Properties"]["EventDestination"].get("SnsDestination")
        == {"TopicARN": {"Ref": topic}}
    ]
    assert told == [["reject", "deliveryDelay", "renderingFailure"]]


def test_the_wiki_pages_identities_are_there(template: Template) -> None:
    identities = template.find_resources("AWS::SES::EmailIdentity").values()
    assert {identity["Properties"]["EmailIdentity"] for identity in identities} == {
        "open-contracting.org",
        "data@open-contracting.org",
    }


def test_the_author_is_told_of_an_address_that_its_domains_settings_do_not_reach(
    example: Settings,
) -> None:
    assert list(example.mail.notes()) == [
        "data@open-contracting.org is verified on its own: what is declared for "
        "open-contracting.org (notify, configuration_set, MAIL FROM) does not apply to it"
    ]


def test_items_are_in_the_stacks_of_their_regions(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    found = templates("""
mail:
  domains: {example.org: {regions: [eu-west-1, us-east-1]}}
  addresses: {data@example.org: {regions: [us-east-1]}}
""")
    assert {
        stack: sorted(
            identity["Properties"]["EmailIdentity"]
            for identity in template.find_resources("AWS::SES::EmailIdentity").values()
        )
        for stack, template in found.items()
    } == {
        "mail-eu-west-1": ["example.org"],
        "mail-us-east-1": ["data@example.org", "example.org"],
    }


SENDERS = """
mail:
  domains: {{example.org: {{regions: [us-east-1, eu-west-1], configuration_set: credere}}}}
  configuration_sets: {{credere: {{regions: [us-east-1, eu-west-1]}}}}
  senders:{senders}
"""


def declared(name: str, **fields: Any) -> str:
    """Write a sender with its name, as a line below `senders`."""
    whole = sender(f"{name}@example.org", bounces_to=["a@example.org"], **fields)
    return f"\n    {name}: {whole}"


def users(template: Template) -> set[str]:
    found = template.find_resources("AWS::IAM::User").values()
    return {user["Properties"]["UserName"] for user in found}


def test_a_sender_is_in_the_stack_that_it_names_and_watched_in_every_region(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    found = templates(
        SENDERS.format(
            senders=declared("here")
            + declared("apart", stack="more", regions=["us-east-1", "eu-west-1"])
        )
    )
    assert {stack: users(template) for stack, template in found.items()} == {
        "mail-us-east-1": {"here"},
        "mail-us-east-1-more": {"apart"},
        "mail-eu-west-1": set(),
        "mail-eu-west-1-more": set(),
    }
    for region in ("us-east-1", "eu-west-1"):
        found[f"mail-{region}-more"].has_resource_properties(
            "AWS::SNS::Subscription",
            {"TopicArn": f"arn:aws:sns:{region}:123456789012:credere-bounces"},
        )
        found[f"mail-{region}-more"].has_resource_properties(
            "AWS::CloudWatch::Alarm",
            {"Dimensions": [{"Name": "ses:caller-identity", "Value": "apart"}]},
        )


def test_adding_and_reordering_senders_touches_no_other(
    templates: Callable[[str], dict[str, Template]],
) -> None:
    def resources(*names: str) -> dict[str, object]:
        senders = "".join(declared(name) for name in names)
        template = templates(SENDERS.format(senders=senders))["mail-us-east-1"].to_json()
        return {
            name: resource
            for name, resource in template["Resources"].items()
            if name.startswith("senders")
        }

    before, after = resources("one", "two"), resources("credentials", "two", "one")
    assert before == {name: after[name] for name in before}
