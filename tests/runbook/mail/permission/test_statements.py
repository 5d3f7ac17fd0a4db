"""Policies are read to explain what IAM decides."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock

import pytest

from runbook.mail.permission.iam import User, allowing, check, context, refusing
from runbook.mail.permission.message import Message
from runbook.mail.permission.statements import Statement, like, of_identity, read

IDENTITY = "arn:aws:ses:us-east-1:123456789012:identity/example.org"
ARN = "arn:aws:iam::123456789012:user/app"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "ses:SendRawEmail",
            "Resource": [IDENTITY],
            "Condition": {
                "StringLike": {"ses:FromAddress": ["noreply@example.org", "noreply-*@example.org"]},
                "ForAllValues:StringLike": {"ses:Recipients": "*@example.net"},
                "Null": {"ses:Recipients": "false"},
            },
        },
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"},
    ],
}


def message(sender: str, *recipients: str) -> Message:
    return Message(sender, sender, recipients or ("a@example.net",))


def user(*statements: Statement) -> User:
    return User(ARN, statements)


def test_only_statements_about_sending_are_read() -> None:
    (found,) = read("app", DOCUMENT)
    assert found.senders == ("noreply@example.org", "noreply-*@example.org")
    assert found.recipients == ("*@example.net",)
    assert found.is_about(IDENTITY)
    assert not found.is_about(f"{IDENTITY}.uk")


@pytest.mark.parametrize("action", ["*", "ses:*", "SES:Send*", "ses:SendRawEmail"])
def test_wildcards_and_case_of_actions_are_understood(action: str) -> None:
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    assert [each.effect for each in read("app", {"Statement": statement})] == ["Deny"]


@pytest.mark.parametrize("document", [{}, {"Statement": []}, "", None, {"Statement": "text"}])
def test_a_document_without_statements_has_none(document: object) -> None:
    assert list(read("app", document)) == []


@pytest.mark.parametrize(
    ("value", "pattern", "fits"),
    [
        ("noreply-a@example.org", "noreply-*@example.org", True),
        ("noreply@example.org", "noreply-*@example.org", False),
        ("Noreply@example.org", "noreply@example.org", False),
        ("a@examplexorg", "a@example.org", False),
        ("a1@x.org", "a?@x.org", True),
        ("a[1]@x.org", "a[1]@x.org", True),
    ],
)
def test_patterns_are_compared_as_iam_does(value: str, pattern: str, fits: bool) -> None:
    assert like(value, pattern) is fits


def test_the_statement_that_allows_it_is_named() -> None:
    why = allowing(user(*read("sends", DOCUMENT)), message("noreply@example.org"), IDENTITY)
    assert why == (
        "identity/example.org: From noreply@example.org, noreply-*@example.org, to *@example.net "
        "is allowed by sends"
    )


def test_what_does_not_fit_is_named() -> None:
    sender = user(*read("sends", DOCUMENT))
    implicit: dict[str, Any] = {"EvalDecision": "implicitDeny"}

    def why(asked: Message, resource: str = IDENTITY, given: Any = implicit) -> str:
        return refusing(sender, asked, resource, given)

    assert "and not ceo@example.org" in why(message("ceo@example.org"))
    assert "and not to b@example.com" in why(
        message("noreply@example.org", "a@example.net", "b@example.com")
    )
    unmet = "identity/example.org: a condition is not met (sends)"
    assert why(message("noreply@example.org")) == unmet
    other = IDENTITY.replace("example.org", "example.com")
    assert why(message("noreply@example.org"), other) == (
        "identity/example.com: no statement allows sending with it"
    )
    boundary = {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}
    assert "permissions boundary" in why(message("noreply@example.org"), given=implicit | boundary)
    organization = {"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}
    assert "service control policies" in why(
        message("noreply@example.org"), given=implicit | organization
    )


def test_a_denial_is_named_by_its_policy() -> None:
    denial = {"Statement": {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}}
    sender = user(*read("sends", DOCUMENT), *read("freeze", denial))
    explicit = {"EvalDecision": "explicitDeny", "EvalActionName": "ses:SendRawEmail"}
    why = refusing(sender, message("noreply@example.org"), IDENTITY, explicit)  # type: ignore[arg-type]
    assert why == "identity/example.org: denied by freeze"


ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def policy(effect: str, **principal: object) -> str:
    given = {"Effect": effect, "Action": "ses:Send*", "Resource": IDENTITY, **principal}
    return json.dumps({"Version": "2012-10-17", "Statement": given})


@pytest.mark.parametrize(
    ("effect", "principal", "concerned"),
    [
        ("Allow", {"Principal": {"AWS": ARN}}, True),
        ("Allow", {"Principal": {"AWS": [f"{ARN}le", ARN]}}, True),
        ("Allow", {"Principal": "*"}, True),
        ("Allow", {"Principal": {"AWS": f"{ARN}le"}}, False),
        ("Allow", {"Principal": {"AWS": ACCOUNT}}, False),
        ("Allow", {"Principal": {"Service": "cognito-idp.amazonaws.com"}}, False),
        ("Deny", {"Principal": {"AWS": ACCOUNT}}, True),
        ("Deny", {"Principal": {"AWS": ROOT}}, True),
        ("Deny", {"NotPrincipal": {"AWS": ARN}}, False),
        ("Deny", {"NotPrincipal": {"AWS": f"{ARN}le"}}, True),
    ],
)
def test_an_identitys_statements_are_those_about_the_user(
    effect: str, principal: dict[str, object], concerned: bool
) -> None:
    found = of_identity({"partner": policy(effect, **principal)}, ARN)
    named = "partner, a policy of the identity"
    assert [each.policy for each in found] == ([named] if concerned else [])


def asked(result: dict[str, Any], policies: dict[str, str]) -> tuple[str, Any]:
    client = Mock()
    client.simulate_principal_policy.return_value = {"EvaluationResults": [result]}
    found = check(client, user(), message("noreply@example.org"), IDENTITY, policies)
    return found.why, client.simulate_principal_policy.call_args.kwargs


def test_all_policies_of_an_identity_are_asked_about_as_one() -> None:
    both = {"one": policy("Deny", Principal="*"), "two": policy("Allow", Principal={"AWS": ARN})}
    why, given = asked({"EvalDecision": "explicitDeny"}, both)
    assert why == "identity/example.org: denied by one, a policy of the identity"
    statements = json.loads(given["ResourcePolicy"])["Statement"]
    assert [each["Effect"] for each in statements] == ["Deny", "Allow"]
    _, given = asked({"EvalDecision": "allowed"}, {})
    assert "ResourcePolicy" not in given


@pytest.mark.parametrize("decision", ["allowed", "implicitDeny"])
def test_a_condition_that_only_a_real_message_meets_is_named(decision: str) -> None:
    why, _ = asked({"EvalDecision": decision, "MissingContextValues": ["aws:SourceIp"]}, {})
    assert why.endswith("; a condition on aws:SourceIp is not judged")


def test_a_display_name_is_a_condition_where_the_message_has_one() -> None:
    def keys(name: str) -> list[str]:
        named = Message("a@x.org", "a@x.org", ("b@x.org",), name=name)
        return [each["ContextKeyName"] for each in context(named)]

    assert keys("") == ["ses:FromAddress", "ses:Recipients"]
    assert keys("Director") == ["ses:FromAddress", "ses:Recipients", "ses:FromDisplayName"]
