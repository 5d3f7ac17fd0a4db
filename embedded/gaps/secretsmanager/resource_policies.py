"""The type `AWS::SecretsManager::ResourcePolicy`."""

from __future__ import annotations

import json

from embedded.gaps._calls import accepted
from embedded.gaps._ministack import Created, Properties, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has the resource policies of its secrets.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-secretsmanager-resourcepolicy.html"
    ),
    ministack="It has the API, and obeys the policies; it lacks the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SecretsManager::ResourcePolicy"


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=("SecretId",))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    policy = properties["ResourcePolicy"]
    request = {
        "SecretId": properties["SecretId"],
        "ResourcePolicy": policy if isinstance(policy, str) else json.dumps(policy),
    }
    accepted(service("secretsmanager")._put_resource_policy(request), TYPE)
    return str(properties["SecretId"]), {}


def _update(arn: str, old: Properties, new: Properties, stack: str) -> Created:
    return _create("", new, stack)


def _delete(arn: str, properties: Properties) -> None:
    # The secret may be gone already, and its policy with it.
    service("secretsmanager")._delete_resource_policy({"SecretId": arn})
