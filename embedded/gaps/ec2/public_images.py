"""The public parameter of Amazon Linux 2023 for Arm. Its image is as unreal as any other here."""

from __future__ import annotations

from embedded.gaps._ministack import service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A public parameter names the newest image for each processor.",
    page="https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli",
    ministack="It has the one for Intel's processors only.",
    effect=Effect.CAPABLE,
)

PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
IMAGE = "ami-0c2023a1b2c3d4e60"
NAME = "al2023-ami-2023.6.20241010.0-kernel-6.1-arm64"
AMAZON = ("/dev/xvda", "137112412989", "amazon")


def install() -> None:
    """Add the parameter, and the image to which it leads."""
    service("ssm")._PUBLIC_AMI_PARAMETERS[PARAMETER] = IMAGE
    service("ec2")._STUB_AMIS.append((IMAGE, NAME, "Amazon Linux 2023 AMI", "", *AMAZON))
