"""`Ref` of an instance profile."""

from __future__ import annotations

from embedded.gaps._ministack import Created, Properties, extend, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="`Ref` of an instance profile is its name.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-iam-instanceprofile.html"
    ),
    ministack="It is its ARN.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::IAM::InstanceProfile"


def install() -> None:
    """Keep the name as the physical id, and give ministack's own handlers the ARN they go by."""
    extend(TYPE, _by_name, known_as=_arn)


def _by_name(created: Created, properties: Properties) -> Created:
    arn, attributes = created
    return arn.rpartition("/")[2], attributes


def _arn(name: str) -> str:
    return str(service("iam")._instance_profiles.get(name, {"Arn": name})["Arn"])
