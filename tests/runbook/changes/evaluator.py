"""A small evaluator of IAM's policies, written apart from what it judges: it decides one request.

<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple


class Request(NamedTuple):
    """Somebody who asks for something; what is known of the request has one value, or several."""

    principal: str
    action: str
    resource: str
    context: dict[str, str | list[str]]


def allows(document: dict[str, Any], request: Request) -> bool:
    """Tell whether a policy allows a request: some statement does, and none denies it."""
    return decides([document], request)


def decides(documents: Iterable[dict[str, Any]], request: Request) -> bool:
    """Tell whether policies that count together allow a request."""
    statements = (one for document in documents for one in document["Statement"])
    matching = [one["Effect"] for one in statements if matches(one, request)]
    return "Allow" in matching and "Deny" not in matching


def may(template: dict[str, Any], user: str, request: Request) -> bool:
    """Tell whether a user of a template may do something.

    By the policies of the user and of its groups, and within its boundary, where it has one.
    """
    resources = template["Resources"]
    names = [user, *groups(resources, user)]
    if not decides(policies(resources, names), request):
        return False
    boundary = resources[user]["Properties"].get("PermissionsBoundary")
    return boundary is None or allows(
        resources[boundary["Ref"]]["Properties"]["PolicyDocument"], request
    )


def groups(resources: dict[str, Any], user: str) -> Iterator[str]:
    """Yield a user's groups: those that it names, and those that it is added to."""
    yield from (group["Ref"] for group in resources[user]["Properties"].get("Groups", ()))
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::UserToGroupAddition":
            properties = resource["Properties"]
            if {"Ref": user} in properties["Users"]:
                yield properties["GroupName"]["Ref"]


def policies(resources: dict[str, Any], names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the policies that any of some users and groups has, in every way to have one."""
    for logical_id, resource in resources.items():
        properties = resource["Properties"]
        if logical_id in names:
            yield from (one["PolicyDocument"] for one in properties.get("Policies", ()))
            for managed in properties.get("ManagedPolicyArns", ()):
                yield resources[managed["Ref"]]["Properties"]["PolicyDocument"]
        holders = [*properties.get("Users", ()), *properties.get("Groups", ())]
        one = [properties[key] for key in ("UserName", "GroupName") if key in properties]
        if "PolicyDocument" in properties and any({"Ref": n} in [*holders, *one] for n in names):
            yield properties["PolicyDocument"]


def matches(statement: dict[str, Any], request: Request) -> bool:
    """Tell whether a statement is about a request. An identity's own names no principal."""
    parts = (
        ("Principal", "NotPrincipal", request.principal, False),
        ("Action", "NotAction", request.action, True),
        ("Resource", "NotResource", request.resource, False),
    )
    for name, excluded, asked, fold in parts:
        if name in statement:
            if not any(glob(filled(p, request), asked, fold) for p in statement[name]):
                return False
        elif any(glob(filled(p, request), asked, fold) for p in statement.get(excluded, ())):
            return False
    return all(
        test(operator, [filled(v, request) for v in values], request.context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def filled(pattern: str, request: Request) -> str:
    """Put in what a policy variable stands for."""
    return pattern.replace("${aws:username}", request.principal)


def test(operator: str, values: list[str], asked: str | list[str] | None) -> bool:
    """Tell whether a condition holds. A key that is absent fails it, unless it says not.

    <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    """
    if operator == "Null":
        return str(asked is None).lower() in values
    several, _, operator = operator.rpartition(":")
    if several == "ForAllValues":
        return all(single(operator, values, one) for one in listed(asked))
    if several == "ForAnyValue":
        return any(single(operator, values, one) for one in listed(asked))
    if asked is None:
        return "Not" in operator or operator.endswith("IfExists")
    return single(operator, values, listed(asked)[0])


def listed(asked: str | list[str] | None) -> list[str]:
    """Return the values of a key that a request has."""
    return asked if isinstance(asked, list) else [] if asked is None else [asked]


def single(operator: str, values: list[str], asked: str) -> bool:
    """Compare one value with those of the policy."""
    kind = operator.removesuffix("IfExists").replace("Not", "")
    comparisons: dict[str, Callable[[str, str], bool]] = {
        "ArnLike": same_arn,
        "Bool": lambda value, one: value.lower() == one.lower(),
        "IpAddress": lambda value, one: ip_address(one) in ip_network(value),
        "NumericLessThan": lambda value, one: float(one) < float(value),
        "StringEquals": lambda value, one: value == one,
        "StringEqualsIgnoreCase": lambda value, one: value.lower() == one.lower(),
        "StringLike": lambda value, one: glob(value, one, False),
    }
    return any(comparisons[kind](value, asked) for value in values) is not ("Not" in operator)


def same_arn(pattern: str, arn: str) -> bool:
    """Match an ARN part by part: a star ends at the colon.

    <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    """
    parts, asked = pattern.split(":", 5), arn.split(":", 5)
    return len(parts) == len(asked) and all(
        glob(part, one, False) for part, one in zip(parts, asked, strict=True)
    )


def glob(pattern: str, text: str, fold: bool) -> bool:
    """Match a pattern by a regular expression."""
    letters = {"*": ".*", "?": "."}
    expression = "".join(letters.get(c, re.escape(c)) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if fold else 0)
    return re.fullmatch(expression, text, flags) is not None
