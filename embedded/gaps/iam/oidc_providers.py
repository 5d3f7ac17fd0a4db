"""The type `AWS::IAM::OIDCProvider`."""

from __future__ import annotations

from embedded.gaps._calls import call, element, flattened
from embedded.gaps._ministack import Created, Properties, register, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has OpenID Connect providers.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-iam-oidcprovider.html"
    ),
    ministack="It has the API, and judges web identities by it; it lacks the type.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::IAM::OIDCProvider"


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=("Url",))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    request = {"Url": properties["Url"]}
    request |= flattened("ClientIDList", properties.get("ClientIdList", []))
    request |= flattened("ThumbprintList", properties.get("ThumbprintList", []))
    request |= flattened("Tags", properties.get("Tags", []))
    answer = call("iam", "_create_oidc_provider", request)
    arn = element(answer, "OpenIDConnectProviderArn")
    return arn, {"Arn": arn}


def _update(arn: str, old: Properties, new: Properties, stack: str) -> Created:
    service("iam")._oidc_providers[arn].update(
        ClientIDList=list(new.get("ClientIdList", [])),
        ThumbprintList=list(new.get("ThumbprintList", [])),
        Tags=list(new.get("Tags", [])),
    )
    return arn, {"Arn": arn}


def _delete(arn: str, properties: Properties) -> None:
    if arn in service("iam")._oidc_providers:
        call("iam", "_delete_oidc_provider", {"OpenIDConnectProviderArn": arn})
