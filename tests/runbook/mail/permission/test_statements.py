"""Policies are read to explain what IAM decides."""

from __future__ import annotations

from typing import Any

import pytest

from runbook.mail.permission.iam import User, allowing, refusing
from runbook.mail.permission.message import Message
from runbook.mail.permission.statements import Statement, like, read

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
