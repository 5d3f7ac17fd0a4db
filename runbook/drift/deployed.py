"""A deployed stack: its template's resources, with the ids that they have in the account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from runbook.base import aws
from runbook.base.clients import RegionClients
from runbook.changes.change_set import find_stack
from runbook.changes.template import held
from runbook.changes.template.values import Template, place


@dataclass(frozen=True)
class Deployed(RegionClients):
    """What a stack holds."""

    name: str
    region: str
    resources: Mapping[str, Template]
    """The deployed template's resources by logical id."""
    ids: Mapping[str, str]
    """The physical id of each."""

    def of(self, *kinds: str) -> Iterator[tuple[str, str, Template]]:
        """Yield place, physical id and properties of the resources of some types."""
        for name, resource in self.resources.items():
            if resource["Type"] in kinds and name in self.ids:
                where = place(name, resource)
                declared = resource.get("Properties", {})
                yield where, self.ids[name], {k: self.resolved(v) for k, v in declared.items()}

    def resolved(self, value: object) -> object:
        """Put ids in place of references. What only CloudFormation knows stays as it is."""
        match value:
            case {"Ref": str(name)} if name in self.ids:
                return self.ids[name]
            case dict():
                return {key: self.resolved(item) for key, item in value.items()}
            case list():
                return [self.resolved(item) for item in value]
        return value


def stacks(names: Iterable[tuple[str, str]]) -> list[Deployed]:
    """Return those of some stacks, each a region and a name, that are deployed."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = pool.map(lambda place: _deployed(*place), names)
        return [stack for stack in found if stack]


def _deployed(region: str, name: str) -> Deployed | None:
    client = aws.cloudformation(region)
    current = find_stack(client, name)
    if current is None or current["StackStatus"] == "REVIEW_IN_PROGRESS":
        return None
    pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
    ids = {
        item["LogicalResourceId"]: item.get("PhysicalResourceId", "")
        for page in pages
        for item in page["StackResourceSummaries"]
    }
    return Deployed(name, region, held.deployed(client, name).processed["Resources"], ids)
