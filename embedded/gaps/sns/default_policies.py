"""The policy of a topic that a stack makes and gives none."""

from __future__ import annotations

import json

from embedded.gaps._ministack import Created, Properties, account, extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A topic without a policy may be used by its owner's account alone (`AWS:SourceOwner`).",
    page="https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    ministack="A stack's topic may be used by everybody, and one that the API makes by its owner.",
    effect=Effect.STRICTER,
)

SID = "__default_statement_ID"


def install() -> None:
    """Narrow the policy once the topic is there."""
    extend("AWS::SNS::Topic", _narrowed)


def _narrowed(created: Created, properties: Properties) -> Created:
    attributes = service("sns")._topics[created[0]]["attributes"]
    policy = json.loads(attributes.get("Policy") or "{}")
    for statement in policy.get("Statement", ()):
        if statement.get("Sid") == SID and "Condition" not in statement:
            statement["Condition"] = {"StringEquals": {"AWS:SourceOwner": account()}}
            attributes["Policy"] = json.dumps(policy)
    return created
