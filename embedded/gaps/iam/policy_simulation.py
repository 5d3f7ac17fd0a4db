"""Asking IAM what it would decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from embedded.gaps._ministack import Response, account, iam_evaluator, region, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "A simulation judges each resource, by the context entries and the resource policy that "
        "it is given, within the user's permissions boundary."
    ),
    page="https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html",
    ministack="It judges the first resource alone, without context, its policy and boundary.",
    effect=Effect.STRICTER,
)

ACTION = "SimulatePrincipalPolicy"
DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}


def install() -> None:
    """Answer for users in ministack's place; leave roles to it."""
    handlers = service("iam")._IAM_HANDLERS
    pristine = handlers[ACTION]

    def simulate(request: Any) -> Response:
        arn = service("iam")._p(request, "PolicySourceArn")
        response: Response = _simulated(request, arn) if ":user/" in arn else pristine(request)
        return response

    handlers[ACTION] = simulate


def _simulated(request: Any, arn: str) -> Response:
    iam = service("iam")
    name = arn.rpartition("/")[2]
    policies = iam_evaluator._gather_user_policies(name, account())
    limits = iam_evaluator._permissions_boundary(iam._users, name, account())
    given = dict(_context(request))
    theirs = iam._p(request, "ResourcePolicy")
    results = "".join(
        _result(_asked(arn, action, resource, given), policies, limits, theirs)
        for action in _members(request, "ActionNames")
        for resource in [*_members(request, "ResourceArns")] or ["*"]
    )
    answer: Response = iam._xml(
        200,
        f"{ACTION}Response",
        f"<{ACTION}Result><EvaluationResults>{results}</EvaluationResults>"
        f"<IsTruncated>false</IsTruncated></{ACTION}Result>",
        ns="iam",
    )
    return answer


def _asked(arn: str, action: str, resource: str, given: dict[str, Any]) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=arn,
        principal_type="User",
        principal_account=account(),
        action=action,
        resource_arn=resource,
        region=region(),
        service_context=given,
    )


def _result(asked: Any, policies: Any, limits: Any, resource_policy: str) -> str:
    found = iam_evaluator.evaluate(asked, policies, *limits)
    if resource_policy:
        given = asked, resource_policy, account()
        found = iam_evaluator.combine_resource_policy(found, *given, limits=limits)
    decision = DECISIONS[found.decision]
    return (
        f"<member><EvalActionName>{asked.action}</EvalActionName>"
        f"<EvalResourceName>{asked.resource_arn}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision>"
        "<MatchedStatements/><MissingContextValues/></member>"
    )


def _context(request: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys that the caller gives, each with its value, or its values if it is a list."""
    p, number = service("iam")._p, 1
    while name := p(request, f"ContextEntries.member.{number}.ContextKeyName"):
        entry = f"ContextEntries.member.{number}"
        values = [*_members(request, f"{entry}.ContextKeyValues")]
        if values:
            is_list = p(request, f"{entry}.ContextKeyType").endswith("List")
            yield name.lower(), values if is_list else values[0]
        number += 1


def _members(request: Any, name: str) -> Iterator[str]:
    number = 1
    while value := service("iam")._p(request, f"{name}.member.{number}"):
        yield str(value)
        number += 1
