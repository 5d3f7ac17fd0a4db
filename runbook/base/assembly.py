"""A cloud assembly, as the application leaves it: which stacks there are, and in which order.

<https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/cloud-assembly-schema>
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NotRequired, TypedDict

from runbook.base.errors import UserError


class _Properties(TypedDict):
    stackTemplateAssetObjectUrl: str
    cloudFormationExecutionRoleArn: str
    stackName: NotRequired[str]
    tags: NotRequired[dict[str, str]]
    templateFile: str
    file: NotRequired[str]


class _Artifact(TypedDict):
    """What the manifest says of a stack; of other things it has the type alone in common."""

    type: str
    environment: str
    properties: _Properties
    dependencies: NotRequired[list[str]]
    displayName: NotRequired[str]


@dataclass(frozen=True)
class Stack:
    """One stack of the assembly, with what CloudFormation needs to know to make it."""

    name: str
    construct_id: str
    """What the CDK's command line selects it by. It lacks the environment that the name has."""
    account: str
    region: str
    template_url: str
    template: dict[str, object]
    """What was synthesized, as it is published at `template_url`."""
    execution_role: str
    publishing_role: str
    """The bootstrap's role that may publish; "" for the caller's own credentials."""
    tags: dict[str, str]
    depends_on: tuple[str, ...]
    """Names of the stacks that come before it."""


class Assembly:
    """The result of one synthesis."""

    def __init__(self, directory: Path, only: frozenset[str] = frozenset()) -> None:
        self.directory = directory
        self._only = only

    def only(self, names: Collection[str]) -> Assembly:
        """Return the same assembly, narrowed to some of its stacks; to none is to all."""
        known = [stack.name for stack in self.stacks]
        if unknown := [name for name in names if name not in known]:
            raise UserError(
                f"There is no stack {', '.join(unknown)} in the configuration.",
                f"There are: {', '.join(known)}",
            )
        return Assembly(self.directory, frozenset(names))

    @cached_property
    def stacks(self) -> list[Stack]:
        """Return the stacks, each after those that it depends on."""
        made: dict[str, Stack] = {}
        waiting = {key: item for key, item in self._artifacts.items() if _is_stack(item)}
        while waiting:
            ready = [
                key for key, item in waiting.items() if not self._before(item) & waiting.keys()
            ]
            for key in ready:
                item = waiting.pop(key)
                before = tuple(
                    sorted(made[name].name for name in self._before(item) if name in made)
                )
                made[key] = self._stack(key, item, before)
        return [stack for stack in made.values() if not self._only or stack.name in self._only]

    @property
    def names(self) -> frozenset[str]:
        """Return the names of all stacks, also of those that it was narrowed from."""
        return frozenset(stack.name for stack in Assembly(self.directory).stacks)

    @property
    def account(self) -> str:
        """Return the account: a configuration has one."""
        return self.stacks[0].account

    @property
    def regions(self) -> list[str]:
        """Return the regions of the stacks, each once."""
        return sorted({stack.region for stack in self.stacks})

    @cached_property
    def _artifacts(self) -> dict[str, _Artifact]:
        return dict(json.loads(self._text("manifest.json"))["artifacts"])

    def _text(self, file: str) -> str:
        return (self.directory / file).read_text(encoding="utf-8")

    def _publisher(self, stack: str) -> str:
        """Return the role as which the CDK publishes a stack's assets, its template among them."""
        artifact = self._artifacts.get(f"{stack}.assets")
        files = json.loads(self._text(artifact["properties"]["file"]))["files"] if artifact else {}
        places = (place for file in files.values() for place in file["destinations"].values())
        return next((str(place.get("assumeRoleArn", "")) for place in places), "")

    def _before(self, artifact: _Artifact) -> set[str]:
        return {
            name for name in artifact.get("dependencies", ()) if _is_stack(self._artifacts[name])
        }

    def _stack(self, key: str, artifact: _Artifact, before: tuple[str, ...]) -> Stack:
        properties = artifact["properties"]
        account, region = artifact["environment"].removeprefix("aws://").split("/")
        bucket, _, name = (
            properties["stackTemplateAssetObjectUrl"].removeprefix("s3://").partition("/")
        )
        place = _here(bucket, account, region)
        return Stack(
            name=properties.get("stackName", key),
            construct_id=artifact.get("displayName", key),
            account=account,
            region=region,
            template_url=f"https://s3.{region}.amazonaws.com/{place}/{name}",
            template=json.loads(self._text(properties["templateFile"])),
            publishing_role=_here(self._publisher(key), account, region),
            execution_role=_here(properties["cloudFormationExecutionRoleArn"], account, region),
            tags=dict(properties.get("tags", {})),
            depends_on=before,
        )


def _is_stack(artifact: _Artifact) -> bool:
    return artifact["type"] == "aws:cloudformation:stack"


def _here(text: str, account: str, region: str) -> str:
    """Fill in the placeholders that the CDK leaves for whoever publishes the assembly."""
    for placeholder, value in (
        ("${AWS::AccountId}", account),
        ("${AWS::Region}", region),
        ("${AWS::Partition}", "aws"),
        ("${AWS::URLSuffix}", "amazonaws.com"),
    ):
        text = text.replace(placeholder, value)
    return text
