"""What AWS would refuse after minutes of deploying is refused at the item that is too many."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from settings import ConfigurationError, parse
from settings.plan import plans
from settings.plan.limits import RESOURCES
from settings.plan.quotas import POLICY, SECRET_POLICY, TRUST
from settings.plan.sizes import base, sizes
from tests.builders import sender
from tests.conftest import ACCOUNT, EXAMPLE, templates_of
from tests.settings.test_every_field import EVERYTHING

NOTIFY = "notify: [a@example.org, b@example.org]"
READER = "arn:aws:iam::123456789012:role/" + "reader-of-some-length-"


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        parse(ACCOUNT + text)
    fault = raised.value.faults[0]
    return f"{fault.path}: {fault.message}"


def mail(*, sets: str = "{one: }", domains: str = "", senders: str = "", rest: str = "") -> str:
    return (
        f"mail:\n  domains:\n    example.org: {{configuration_set: one}}\n{domains}"
        f"  configuration_sets: {sets}\n  senders:\n{senders}{rest}"
    )


def many(count: int, line: str) -> str:
    return "".join(f"    {line.replace('NUMBER', str(number))}\n" for number in range(count))


LARGE = [
    EVERYTHING,
    EXAMPLE,
    ACCOUNT + mail(domains=many(60, f"d-NUMBER.org: {{{NOTIFY}}}")),
    ACCOUNT
    + mail(
        senders=many(
            30,
            "sender-NUMBER: "
            + sender(
                "a@example.org",
                bounces_to=["a@example.org", "b@example.org"],
                delivery_logs=True,
                credentials={"rotate_every": "90d"},
            ),
        )
    ),
]


@pytest.mark.parametrize("text", LARGE, ids=["everything", "example", "domains", "senders"])
def test_the_stacks_have_no_more_resources_than_were_counted_and_hardly_fewer(text: str) -> None:
    found = templates_of(text)
    for plan in plans(parse(text)):
        made = len(found[plan.id.construct_id].to_json()["Resources"])
        counted = base(plan.items) + sum(size.resources for size in sizes(plan.items))
        assert made <= counted <= made * 1.1 + 6
        outputs = 1 + sum(size.outputs for size in sizes(plan.items))
        assert len(plan.outputs) <= outputs


def full() -> Iterator[tuple[str, str, str]]:
    """Yield what is one too many, as text, with its path and the advice."""
    yield mail(senders=many(90, f"s-NUMBER: {sender('a@example.org')}")), "mail.senders.s-", "stack"
    yield mail(domains=many(99, f"d-NUMBER.org: {{{NOTIFY}}}")), "mail.domains.", "field stack"
    yield mail(domains=many(200, "d-NUMBER.org: ")), "mail.domains.", "201 outputs"
    yield mail(sets=f"{{one: , {', '.join(f's{n}: ' for n in range(60))}}}"), "mail.config", "file"
    addresses = many(99, f"a-NUMBER@example.org: {{{NOTIFY}}}")
    yield mail(rest=f"  addresses:\n{addresses}"), "mail.addresses.", "field stack"
    buckets = many(
        99, f"b-NUMBER: {{expect_every: 1h, {NOTIFY}, users: {{u-NUMBER: {{tool: files}}}}}}"
    )
    yield f"backup:\n  buckets:\n{buckets}", "backup.buckets.b-", "field stack"
    networks = many(99, "n-NUMBER: {cidr: 10.0.0.0/16, subnets: {10.0.1.0/24: a, 10.0.2.0/24: b}}")
    yield f"data:\n  networks:\n{networks}", "data.networks.n-", "field stack"


@pytest.mark.parametrize(("text", "path", "advice"), [*full()])
def test_an_item_that_the_stack_has_no_room_for_is_named_with_the_way_out(
    text: str, path: str, advice: str
) -> None:
    found = refused(text)
    assert found.startswith(path)
    assert advice in found
    assert f"CloudFormation takes {RESOURCES}" in found or "CloudFormation takes 200" in found


def test_domains_and_addresses_in_further_stacks_make_room() -> None:
    domains = many(150, f"d-NUMBER.org: {{{NOTIFY}, stack: sNUMBER}}")
    found = plans(parse(ACCOUNT + mail(domains=domains)))
    assert [plan.name for plan in found[:2]] == ["mail-us-east-1", "mail-us-east-1-s0"]


@pytest.mark.parametrize(
    ("declared", "path", "limit"),
    [
        (sender(*(f"a-{n}@example.org" for n in range(300))), "from", POLICY),
        (
            sender("a@example.org", only_to=[f"a-{n}@example.net" for n in range(300)]),
            "from",
            POLICY,
        ),
        (
            sender("a@example.org", credentials={"readers": [f"{READER}{n}" for n in range(200)]}),
            "credentials.readers",
            SECRET_POLICY,
        ),
    ],
)
def test_a_policy_that_grows_too_long_is_refused(declared: str, path: str, limit: int) -> None:
    found = refused(mail(senders=f"    app: {declared}\n"))
    assert found.startswith(f"mail.senders.app.{path}: ")
    assert f"takes {limit:,}" in found


def test_a_policy_is_as_long_as_was_counted() -> None:
    addresses = [f"address-{number}@example.org" for number in range(225)]
    text = mail(senders=f"    app: {sender(*addresses)}\n")
    policies = templates_of(ACCOUNT + text)["mail-us-east-1"].find_resources(
        "AWS::IAM::ManagedPolicy"
    )
    (policy,) = policies.values()
    document = json.dumps(policy["Properties"]["PolicyDocument"], separators=(",", ":"))
    assert POLICY - 400 < len(document) <= POLICY
    assert "takes 6,144" in refused(text.replace("address-", "a-longer-address-"))


def test_a_role_that_too_many_may_assume_is_refused() -> None:
    subjects = [f'"repo:example/infrastructure-{n}:environment:production"' for n in range(40)]
    found = refused(f"""
access:
  author: {{github: [{", ".join(subjects)}]}}
  approver: {{principals: ["arn:aws:iam::123456789012:user/bob"]}}
""")
    assert found.startswith("access.author: must be trusted by fewer")
    assert f"takes {TRUST:,}" in found


def test_more_contacts_than_a_topic_takes_filters_are_refused() -> None:
    contacts = [[f"a-{n}-{m}@example.org" for n in range(70)] for m in range(3)]
    lines = [f"    s{m}: {sender('a@example.org', bounces_to=contacts[m])}\n" for m in range(3)]
    assert refused(mail(senders="".join(lines))).startswith("mail.senders.s2.bounces_to: ")


def test_more_stacks_with_delivery_logs_than_a_region_takes_policies_are_refused() -> None:
    lines = [
        f"    s{n:02}: {sender('a@example.org', delivery_logs=True, stack=f's{n:02}')}\n"
        for n in range(11)
    ]
    found = refused(mail(senders="".join(lines)))
    assert found.startswith("mail.senders.s10.delivery_logs: found true; must be false: 10 stacks")


def test_more_recipients_than_a_rule_set_takes_rules_are_refused() -> None:
    domains = many(201, "d-NUMBER.org: {receives_mail: true, stack: sNUMBER}")
    assert "no more" in refused(mail(domains=domains))


@pytest.mark.parametrize(("region", "most"), [("af-south-1", 100), ("us-east-1", 300)])
def test_more_delivery_logs_than_a_region_takes_rules_are_refused(region: str, most: int) -> None:
    lines = [
        f"    s{n:03}: {sender('a@example.org', delivery_logs=True, stack=f's{n // 31}')}\n"
        for n in range(most + 1)
    ]
    found = refused(f"region: {region}\n{mail(senders=''.join(lines))}")
    assert found.startswith(f"mail.senders.s{most}.delivery_logs: found true; must be false: ")
    assert f"{region} has {most} senders with delivery logs" in found
