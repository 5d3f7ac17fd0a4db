from __future__ import annotations

import pytest

from settings import ConfigurationError, Settings, parse

GITHUB = "repo:example/infrastructure"
GITLAB = "project_path:group/project:ref_type:branch:ref"
IAM = "arn:aws:iam::123456789012"


def read(access: str, before: str = "") -> Settings:
    return parse(f'account: "123456789012"\n{before}access: {{{access}}}\n')


def roles(author: str, approver: str, more: str = "") -> str:
    return f'author: {{github: ["{author}"]}}, approver: {{github: ["{approver}"]}}{more}'


APART = roles(f"{GITHUB}:pull_request", f"{GITHUB}:environment:production")


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("github", f"{GITHUB}:environment:production"),
        ("github", f"{GITHUB}:environment:two words"),
        ("github", f"{GITHUB}:ref:refs/heads/main"),
        ("github", "repo:example@123/infrastructure@456:environment:production"),
        ("gitlab", f"{GITLAB}:main"),
        ("principals", f"{IAM}:role/developers"),
        ("principals", f"{IAM}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_1a2b"),
        ("principals", f"{IAM}:user/ann"),
    ],
)
def test_somebody_named_exactly_is_trusted(kind: str, who: str) -> None:
    settings = read(f'author: {{{kind}: ["{who}"]}}, approver: {{principals: ["{IAM}:user/bob"]}}')
    assert settings.access
    assert [who for _, _, who in settings.access.author.entries()] == [who]


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("github", f"{GITHUB}:*"),
        ("github", "repo:example/*:pull_request"),
        ("github", f"{GITHUB}:ref:refs/heads/release-?"),
        ("github", f"{GITHUB}:environment:${{aws:username}}"),
        ("github", GITHUB),
        ("gitlab", f"{GITLAB}:*"),
        ("gitlab", "project_path:group/*:ref_type:branch:ref:main"),
        ("principals", f"{IAM}:role/*"),
        ("principals", f"{IAM}:root"),
        ("principals", "123456789012"),
        ("principals", "*"),
    ],
)
def test_a_wildcard_or_a_whole_account_is_refused(kind: str, who: str) -> None:
    with pytest.raises(ConfigurationError, match="without a wildcard"):
        read(f'author: {{{kind}: ["{who}"]}}, approver: {{principals: ["{IAM}:user/bob"]}}')


def test_an_author_cannot_be_an_approver_where_two_people_are_needed() -> None:
    both = roles(f"{GITHUB}:ref:refs/heads/main", f"{GITHUB}:ref:refs/heads/main")
    with pytest.raises(
        ConfigurationError, match=r"access\.approver\.github\[0\].*different from every author"
    ):
        read(both)
    assert read(f"{both}, two_people: false").access


def test_a_pull_request_cannot_approve() -> None:
    with pytest.raises(ConfigurationError, match="nobody has reviewed"):
        read(roles(f"{GITHUB}:ref:refs/heads/main", f"{GITHUB}:pull_request"))


def test_a_role_for_nobody_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"access\.reader.*needs at least one"):
        read(f"{APART}, reader: {{}}")


def test_records_are_found_by_a_name_of_the_account_region_and_environment() -> None:
    assert read(APART).records_bucket == "groundwork-records-123456789012-us-east-1"
    test = read(APART, "environment: test\nregion: eu-west-2\n")
    assert test.records_bucket == "test-groundwork-records-123456789012-eu-west-2"


def test_an_environment_too_long_for_the_records_name_is_refused() -> None:
    longest = "a" * 21
    assert len(read(APART, f"environment: {longest}\n").records_bucket) == 63
    with pytest.raises(ConfigurationError, match=r"environment.*at most 21 characters"):
        read(APART, f"environment: {longest}a\n")


def test_more_regions_than_a_policy_can_name_are_refused() -> None:
    regions = ["eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"]
    buckets = [f"bucket-{region}: {{region: {region}}}" for region in regions]
    before = f"backup: {{buckets: {{{', '.join(buckets)}}}}}\n"
    assert len(read(APART, before).regions) == 5
    more = before.replace("{buckets: {", "{buckets: {bucket-more: {region: us-west-2}, ")
    with pytest.raises(ConfigurationError, match="more than 5 regions"):
        read(APART, more)


def grouped(items: str, who: str = f"{IAM}:role/postmasters") -> Settings:
    return read(f'{APART}, groups: {{mail: {{items: [{items}], principals: ["{who}"]}}}}')


@pytest.mark.parametrize(
    "items",
    ["mail", "mail/senders", "mail/addresses/ann@example.org", "services/web", "access", "data"],
)
def test_a_group_has_areas_kinds_and_items_of_the_file(items: str) -> None:
    access = grouped(items).access
    assert access
    assert access.groups["mail"].items == (items,)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ("'mail/*'", "without a wildcard"),
        ("male", "an area of the file"),
        ("mail/sender", "below it, one of .*senders"),
        ("", "1 or more entries"),
    ],
)
def test_what_no_item_is_called_is_no_groups(items: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        grouped(items)


def test_a_group_is_as_far_from_the_authors_as_the_approvers() -> None:
    author = roles(f"{GITHUB}:ref:refs/heads/main", f"{GITHUB}:environment:production")
    group = f'groups: {{mail: {{items: [mail], github: ["{GITHUB}:ref:refs/heads/main"]}}}}'
    with pytest.raises(ConfigurationError, match=r"access\.groups\.mail\.github\[0\]"):
        read(f"{author}, {group}")
    pull = group.replace("ref:refs/heads/main", "pull_request")
    with pytest.raises(ConfigurationError, match="nobody has reviewed"):
        read(f"{author}, {pull}")
