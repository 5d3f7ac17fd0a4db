"""`Ref` of a secret.

A policy written on the name denies what it should allow, so every stack with a secret would fail.
"""

from __future__ import annotations

from embedded.gaps._ministack import Created, Properties, extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`Ref` of a secret is its ARN.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-secretsmanager-secret.html"
    ),
    ministack="It is its name.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SecretsManager::Secret"


def install() -> None:
    """Keep the ARN as the physical id, and give ministack's own handlers the name they go by."""
    extend(TYPE, _by_arn, known_as=_name)


def _by_arn(created: Created, properties: Properties) -> Created:
    return created[1]["Arn"], created[1]


def _name(arn: str) -> str:
    name, _ = service("secretsmanager")._resolve(arn)
    # A secret that someone deleted by hand has no name any more; its ARN finds nothing either.
    return str(name or arn)
