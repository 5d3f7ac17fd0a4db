"""How long a secret's resource policy may be."""

from __future__ import annotations

from embedded.gaps._ministack import Properties, Response, service
from embedded.gaps._policies import size
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A secret's resource policy has at most 20,480 characters.",
    page=("https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"),
    ministack="It takes a policy of any size.",
    effect=Effect.STRICTER,
)
LIMIT = 20_480


def install() -> None:
    """Count before a policy is put."""
    module = service("secretsmanager")
    pristine = module._put_resource_policy

    def put_resource_policy(request: Properties) -> Response:
        if size(request.get("ResourcePolicy")) > LIMIT:
            code, message = "InvalidParameterException", f"The policy exceeds {LIMIT} characters."
            refused: Response = module.error_response_json(code, message, 400)
            return refused
        accepted: Response = pristine(request)
        return accepted

    module._put_resource_policy = put_resource_policy
