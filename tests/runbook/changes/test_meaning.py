"""Policies compared by meaning: nothing that allows more than before is ever left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from runbook.changes.access.compare import Difference, compare
from runbook.changes.access.diff import grant, permissions
from runbook.changes.access.globs import covers, may_meet
from runbook.changes.access.identities import UNBOUND, WITHIN
from runbook.changes.access.policy import Statement, Terms, statements
from runbook.changes.template.values import CLOSE, OPEN
from tests.runbook.changes.evaluator import Request, allows, filled, glob, may
from tests.runbook.changes.readings import reading

PRINCIPALS = ["ann", "bob"]
ACTIONS = ["s3:GetObject", "s3:PutObject", "iam:PassRole"]
RESOURCES = ["b/one", "b/two", "c"]
ARNS = ["arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:2:t:x"]
CONTEXTS: list[dict[str, str | list[str]]] = [
    {},
    {"k": "1"},
    {"k": "22", "arn": ARNS[0], "ip": "192.0.2.7"},
    {"k": "1", "l": "1", "many": ["1"]},
    {"k": "A", "arn": ARNS[1], "many": ["1", "22"], "mfa": "true"},
]
PRINCIPAL_ARN = "aws:PrincipalArn"
REQUESTS = [
    Request(who, action, resource, {**context, PRINCIPAL_ARN: who})
    for who, action, resource, context in product(PRINCIPALS, ACTIONS, RESOURCES, CONTEXTS)
]

CURRENT = {"Version": "2012-10-17"}
"""In which a policy has variables."""
actions = st.sampled_from([*ACTIONS, "*", "s3:*", "s3:Get*", "S3:getobject", "?am:*", "s3:*Object"])
resources = st.sampled_from(
    [*RESOURCES, "*", "b/*", "b/t*", "b/???", "?", "b/${aws:username}", "${aws:username}*"]
)
principals = st.sampled_from([*PRINCIPALS, "*"])
values = st.sampled_from(["1", "22", "*", "2?", "1*", "a", "A"])
named = values | principals
arns = st.sampled_from([*ARNS, "arn:aws:sns:*:1:t", "arn:*", "arn:aws:sns:us-east-1:*:*", "*"])
CONDITIONS: dict[str, tuple[list[str], st.SearchStrategy[str]]] = {
    "StringEquals": (["k", "l", PRINCIPAL_ARN], named),
    "StringNotEquals": (["k", "l", PRINCIPAL_ARN], named),
    "StringEqualsIgnoreCase": (["k"], values),
    "StringLike": (["k", "l"], values),
    "StringNotLike": (["k", "l"], values),
    "StringEqualsIfExists": (["k", "l"], values),
    "StringNotLikeIfExists": (["k"], values),
    "ForAllValues:StringEquals": (["many"], values),
    "ForAllValues:StringNotLike": (["many"], values),
    "ForAnyValue:StringLike": (["many"], values),
    "ForAnyValue:StringNotEquals": (["many"], values),
    "ArnLike": (["arn"], arns),
    "ArnNotLike": (["arn"], arns),
    "Bool": (["mfa"], st.sampled_from(["true", "false", "TRUE"])),
    "IpAddress": (["ip"], st.sampled_from(["192.0.2.0/24", "192.0.2.0/29", "0.0.0.0/0"])),
    "NumericLessThan": (["l"], st.sampled_from(["0", "1", "2"])),
    "Null": (["k", "arn"], st.sampled_from(["true", "false"])),
}


def few(of: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(of, min_size=1, max_size=2, unique=True)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for operator in draw(st.lists(st.sampled_from([*CONDITIONS]), max_size=2, unique=True)):
        keys, of = CONDITIONS[operator]
        found[operator] = {draw(st.sampled_from(keys)): draw(few(of))}
    return found


@st.composite
def statement(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    for name, of in (("Action", actions), ("Resource", resources), ("Principal", principals)):
        made[f"{draw(st.sampled_from(['', '', 'Not']))}{name}"] = draw(few(of))
    if found := draw(conditions()):
        made["Condition"] = found
    return made


policies = st.lists(statement(), max_size=3).map(lambda found: {**CURRENT, "Statement": found})


def parsed(document: dict[str, Any]) -> list[Statement]:
    """Read a policy. IAM writes principals below the kind that they are of."""
    written: list[JsonValue] = [
        {k: {"AWS": v} if k.endswith("Principal") else v for k, v in one.items()}
        for one in document["Statement"]
    ]
    return [*statements({**CURRENT, "Statement": written})]


def compared(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    return compare(parsed(before), parsed(after))


def concerns(found: Statement, request: Request) -> bool:
    """Tell whether a statement of the difference is about a request, by the evaluator's means."""
    for terms, asked, fold in (
        (found.who, request.principal, False),
        (found.actions, request.action, True),
        (found.resources, request.resource, False),
    ):
        patterns = [filled(pattern, request) for pattern in terms.patterns]
        if any(glob(pattern, asked, fold) for pattern in patterns) is terms.excluded:
            return False
    return True


@settings(max_examples=150, deadline=None)
@given(policies, policies)
@example({"Statement": []}, {"Statement": []})
def test_whatever_is_newly_allowed_is_gained_by_a_statement_about_it(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = compared(before, after)
    for request in REQUESTS:
        if allows(after, request) and not allows(before, request):
            assert any(concerns(one, request) for one in found.gained), request
        if allows(before, request) and not allows(after, request):
            assert any(concerns(one, request) for one in found.lost), request


@settings(max_examples=60, deadline=None)
@given(policies)
def test_a_policy_gains_nothing_over_itself(policy: dict[str, Any]) -> None:
    turned = {**CURRENT, "Statement": [*reversed(policy["Statement"])]}
    assert compared(policy, turned) == Difference([], [])


@settings(max_examples=60, deadline=None)
@given(policies, policies)
def test_fewer_statements_that_allow_are_never_a_gain(
    policy: dict[str, Any], more: dict[str, Any]
) -> None:
    allowing = [one for one in more["Statement"] if one["Effect"] == "Allow"]
    wider = {**CURRENT, "Statement": [*policy["Statement"], *allowing]}
    assert compared(wider, policy).gained == []


own_statement = statement().map(
    lambda one: {key: value for key, value in one.items() if not key.endswith("Principal")}
)
own_policies = st.lists(own_statement, max_size=2).map(
    lambda found: {**CURRENT, "Statement": found}
)
USERS = {"Ann": "ann", "Bob": "bob"}
MANAGED = ("Large", "Small")


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw users with policies of every kind, in a group in both ways, and within a boundary."""
    document = draw(own_policies)
    made: dict[str, Any] = {
        "Group": {"GroupName": "group", "Policies": [{"PolicyDocument": draw(own_policies)}]},
        "Attached": {"PolicyDocument": draw(own_policies)},
        "Adding": {"GroupName": {"Ref": "Group"}, "Users": draw(refs([*USERS]))},
    }
    made |= {name: {"PolicyDocument": draw(own_policies)} for name in MANAGED}
    made["Attached"] |= {"Users": draw(refs([*USERS])), "Groups": draw(refs(["Group"]))}
    made["Large"]["Groups"] = draw(refs(["Group"]))
    for user, name in USERS.items():
        made[user] = {"UserName": name, "ManagedPolicyArns": draw(refs([*MANAGED]))}
        made[user]["Groups"] = draw(refs(["Group"]))
        if boundary := draw(st.sampled_from([None, *MANAGED])):
            made[user]["PermissionsBoundary"] = {"Ref": boundary}
    made["Inline"] = {"PolicyDocument": document, "UserName": {"Ref": "Ann"}}
    return {
        "Resources": {
            name: {"Type": f"AWS::IAM::{KINDS.get(name, 'ManagedPolicy')}", "Properties": each}
            for name, each in made.items()
        }
    }


def refs(names: list[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(st.sampled_from(names), unique=True).map(
        lambda found: [{"Ref": name} for name in found]
    )


KINDS = {
    "Adding": "UserToGroupAddition",
    "Ann": "User",
    "Attached": "Policy",
    "Bob": "User",
    "Group": "Group",
    "Inline": "UserPolicy",
}


@settings(max_examples=60, deadline=None)
@given(accounts(), accounts())
def test_whatever_a_user_may_newly_do_is_gained_also_by_groups_and_boundaries(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    _, gained = permissions(reading(before), reading(after))
    for user, name in USERS.items():
        own = f"{OPEN}{user}{CLOSE}"
        for request in (one for one in REQUESTS if one.principal == name):
            if may(after, user, request) and not may(before, user, request):
                assert any(frees(one, own, request) for one in gained), (user, request)


def frees(found: Statement, user: str, request: Request) -> bool:
    """Tell whether a statement says that a user may do what it asks for, or what it could not."""
    (who,) = found.who.patterns
    if who == user and found.actions.patterns & {UNBOUND}:
        return True
    if who == user and any(one.startswith(WITHIN) for one in found.actions.patterns):
        return True
    about = user in (who, found.subject)
    anybody = replace(found, who=Terms(frozenset("*")))
    return about and concerns(anybody, request)


def closed(*readers: str) -> list[Statement]:
    """Read the policy of a secret, as ours are: the readers stand in conditions."""
    roles: list[JsonValue] = [f"arn:aws:iam::123456789012:role/{reader}" for reader in readers]
    theirs: dict[str, JsonValue] = {
        "ArnEquals": {PRINCIPAL_ARN: roles},
        "StringEquals": {"aws:PrincipalAccount": "123456789012"},
    }
    others: dict[str, JsonValue] = {"ArnNotEquals": {PRINCIPAL_ARN: roles}}
    everybody: dict[str, JsonValue] = {"Principal": "*", "Action": "read", "Resource": "*"}
    document: list[JsonValue] = [
        {**everybody, "Effect": "Deny", "Condition": others},
        {**everybody, "Effect": "Allow", "Condition": theirs},
    ]
    return [*statements({"Statement": document}, resource="secret")]


def test_a_reader_of_a_secret_is_gained_by_name() -> None:
    found = compare(closed("operators"), closed("operators", "salt"))
    ended, reads = (grant(one, {}) for one in sorted(found.gained, key=lambda one: one.allows))
    assert (reads.holder, reads.on) == ("arn:aws:iam::123456789012:role/salt", "secret")
    assert ended.holder == "everybody but arn:aws:iam::123456789012:role/operators"
    assert (ended.denies, ended.condition, reads.condition) == (True, "", "")


def test_a_condition_with_a_wildcard_names_nobody() -> None:
    (_, allowed) = closed("*")
    assert "*" in allowed.who.patterns
    assert len(allowed.tests) == 2


def test_a_condition_on_the_root_user_is_not_the_whole_account() -> None:
    root = "arn:aws:iam::123456789012:root"
    read: dict[str, JsonValue] = {"Effect": "Allow", "Action": "read", "Resource": "*"}
    condition: JsonValue = {"ArnEquals": {PRINCIPAL_ARN: root}}
    user = [*statements({"Statement": {**read, "Principal": "*", "Condition": condition}})]
    account = [*statements({"Statement": {**read, "Principal": {"AWS": root}}})]
    assert compare(user, account).gained == account


letters = st.text(alphabet="ab", max_size=4)
patterns = st.text(alphabet="ab*?", max_size=4)


@settings(max_examples=200, deadline=None)
@given(patterns, patterns, st.lists(letters, max_size=8))
def test_a_pattern_covers_another_only_if_it_matches_all_of_it(
    pattern: str, other: str, texts: list[str]
) -> None:
    for text in [*texts, other.replace("*", ""), other.replace("*", "ab").replace("?", "a")]:
        if covers(pattern, other) and glob(other, text, False):
            assert glob(pattern, text, False)
        if glob(pattern, text, False) and glob(other, text, False):
            assert may_meet(pattern, other)


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("*", "anything", True),
        ("s3:*", "s3:Get*", True),
        ("s3:Get*", "s3:*", False),
        ("a?c", "abc", True),
        ("a?c", "a?c", True),
        ("a?c", "a*c", False),
        ("a*c", "a?c", True),
        (f"{OPEN}Bucket.Arn{CLOSE}/*", f"{OPEN}Bucket.Arn{CLOSE}/x", True),
        (f"{OPEN}Bucket.Arn{CLOSE}/*", f"{OPEN}Other.Arn{CLOSE}/x", False),
        ("?", f"{OPEN}Bucket{CLOSE}", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}", True),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/ann", False),
        ("b/*", "b/${*}", True),
    ],
)
def test_a_pattern_covers(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


def test_a_reference_may_be_anything() -> None:
    assert may_meet(f"{OPEN}Bucket.Arn{CLOSE}", "arn:aws:s3:::secret")
    assert not may_meet("arn:aws:s3:::a/*", "arn:aws:s3:::b/*")


# `ForAllValues` and `ForAnyValue` compare several values of a request with those of the policy.
@pytest.mark.parametrize(
    ("operator", "before", "after", "gains"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], False),
        ("ForAllValues:StringEquals", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringLike", ["a*"], ["ab"], False),
        ("ForAnyValue:StringNotLike", ["ab"], ["a*"], False),
        ("NumericLessThan", ["10"], ["5"], False),
        ("NumericLessThan", ["5"], ["10"], True),
        ("NumericGreaterThanEquals", ["10"], ["5"], True),
        ("ArnLike", ["arn:aws:sns:*:1:t"], ["arn:aws:sns:us-east-1:1:t"], False),
        ("ArnNotEquals", ["arn:a:*"], ["arn:a:b"], True),
        ("IpAddress", ["192.0.2.0/24"], ["192.0.2.0/25"], False),
        ("IpAddress", ["192.0.2.0/25"], ["192.0.2.0/24"], True),
        ("NotIpAddress", ["192.0.2.0/24"], ["192.0.2.0/25"], True),
    ],
)
def test_a_condition_is_compared_by_its_operator(
    operator: str, before: list[str], after: list[str], gains: bool
) -> None:
    def policy(values: list[str]) -> dict[str, Any]:
        test = {operator: {"k": values}}
        one = {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"], "Condition": test}
        return {"Statement": [{**one, "Principal": ["ann"]}]}

    assert bool(compared(policy(before), policy(after)).gained) is gains
