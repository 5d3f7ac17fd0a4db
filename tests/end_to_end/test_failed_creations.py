"""The example's first deployment fails at its resources in turn, and leaves nothing in the way.

A resource fails as late as it can: once everything is there that does not need it. The attempts
follow upon each other, so what one of them left behind would make the next one fail elsewhere, and
the last one is to succeed. They take one resource of each type: the named ones of its kind are made
and have to go in every other attempt. With EVERY_RESOURCE=1 they take all, in five minutes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import embedded
from tests.conftest import EXAMPLE, templates_of
from tests.embedded.conftest import Aws, DeploymentError, Resources
from tests.embedded.gaps.templates import LAMBDA

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("failed creations")]

FAILING = {
    "Type": "AWS::IAM::UserToGroupAddition",
    "Properties": {"GroupName": "no-such-group", "Users": ["nobody"]},
}
EVERY = bool(os.environ.get("EVERY_RESOURCE"))
IN_ONE_REGION = re.sub(r"\n      region: eu-west-2.*", "", EXAMPLE)
STACKS = ("access", "backup", "data", "mail")
# Their functions call SES once a second, or are those of the backup stack. Only the last attempt of
# the mail stack waits for them.
SLOW = {
    "mail": (
        "Custom::AccessKey",
        "Custom::AccountSuppression",
        "Custom::ActiveReceiptRuleSet",
        "Custom::IdentityFeedback",
    )
}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An account with nothing but the role that the example trusts."""
    directory = tmp_path_factory.mktemp("failed-creations")
    aws = Aws(embedded.start(directory, "123456789012", "us-east-1"))
    try:
        trust = str(LAMBDA).replace("'", '"')
        aws.client("iam").create_role(RoleName="developers", AssumeRolePolicyDocument=trust)
        yield aws
    finally:
        embedded.stop(directory)


@pytest.mark.parametrize("stack", STACKS)
def test_the_next_deployment_succeeds_wherever_the_first_one_failed(aws: Aws, stack: str) -> None:
    name = f"{stack}-us-east-1"
    template = templates_of(IN_ONE_REGION)[name].to_json()
    attempts = chosen(stack)
    for failing in attempts:
        slow = () if failing == attempts[-1] else SLOW.get(stack, ())
        with pytest.raises(DeploymentError) as raised:
            aws.deploy(name, broken(template["Resources"], failing, slow))
        reasons = f"{failing}: {raised.value}"
        assert reasons.startswith(f"{failing}: ROLLBACK_COMPLETE: {failing} "), reasons
        assert aws.delete(name) == "DELETE_COMPLETE"
    aws.deploy(name, template["Resources"])


def chosen(stack: str) -> list[str]:
    """The resources of a stack that are to fail."""
    known: set[str] = set()
    found: dict[str, list[str]] = {}
    for each in STACKS:
        resources = templates_of(IN_ONE_REGION)[f"{each}-us-east-1"].to_json()["Resources"]
        found[each] = [
            name for name, resource in resources.items() if EVERY or is_new(resource["Type"], known)
        ]
    return found[stack]


def is_new(resource_type: str, known: set[str]) -> bool:
    """Whether no resource of the type was chosen before; it is known then."""
    new = resource_type not in known
    known.add(resource_type)
    return new


def broken(resources: Resources, failing: str, slow: tuple[str, ...]) -> Resources:
    """The resources with one that cannot be created, after all those that do not need it."""
    later = needing(resources, failing)
    made = {name: each for name, each in resources.items() if each["Type"] not in slow}
    before = [name for name in made if name not in later]
    return {**made, failing: {**FAILING, "DependsOn": before}}


def needing(resources: Resources, name: str) -> set[str]:
    """The resource and all that needs it, directly or not."""
    found = {name}
    while more := {
        each
        for each, resource in resources.items()
        if each not in found and found & {*needs(resource, resources)}
    }:
        found |= more
    return found


def needs(value: Any, resources: Resources) -> Iterator[str]:
    """The resources that a part of a template refers to."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            if key == "DependsOn" or key in ("Ref", "Fn::GetAtt"):
                names = [inside] if isinstance(inside, str) else inside
                yield from (each for each in names if each in resources)
            yield from needs(inside, resources)
    elif isinstance(value, list):
        for inside in value:
            yield from needs(inside, resources)
