"""Import change sets: resources come under their final logical ids, as they are.

An import changes nothing. CloudFormation takes the template's word for what a resource is, and
would never apply what differs: so the template of the import has the live values, and the ordinary
change set after it shows what the file would change.
<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html>
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from runbook.adopt.identifiers import IDENTIFIERS, TELLING
from runbook.adopt.item import Item, Live
from runbook.adopt.references import BUCKET, is_call, names, references, referring
from runbook.changes.template.values import Template, place, resources

WHOLE = (("AWS::SES::ConfigurationSet", "DeliveryOptions"),)
"""What one call sets all at once: the next review has to show what of it would go."""
GENERATED = {"AWS::SecretsManager::Secret": ("GenerateSecretString",)}
"""What nothing can read, and would make a new value if a later change set added it."""
PASSWORD = ("MasterUsername", "MasterUserPassword")
FIRST_DATABASE = ("DBName", "DatabaseName")
"""RDS says nothing of it where none was named, and a later change set that did would replace."""


class Import(NamedTuple):
    """One resource that comes into a stack."""

    logical_id: str
    live: Live

    @property
    def request(self) -> dict[str, Any]:
        """The resource as CreateChangeSet takes it."""
        names = IDENTIFIERS[self.live.type]
        values = self.live.identifier.split("|")
        return {
            "ResourceType": self.live.type,
            "LogicalResourceId": self.logical_id,
            "ResourceIdentifier": dict(zip(names, values, strict=True)),
        }


def imports(final: Template, deployed: Template, items: Iterable[Item]) -> list[Import]:
    """Find the resource of the account for each resource of a template that has one.

    Twice, since some are told apart by what they refer to, which has to be found first.
    """
    candidates = [
        live if live.within else live._replace(within=item.place)
        for item in items
        for live in item.resources
    ]
    known: dict[str, Live] = {}
    for _ in range(2):
        known |= dict(_found(final, deployed, candidates, known))
    return [Import(name, live) for name, live in known.items()]


def _found(
    final: Template, deployed: Template, candidates: list[Live], known: Mapping[str, Live]
) -> Iterator[tuple[str, Live]]:
    taken = [*known.values()]
    for name, resource in resources(final).items():
        if name in known or name in resources(deployed):
            continue
        where = place(name, resource)
        fitting = [
            live
            for live in candidates
            if live.type == resource["Type"]
            and live not in taken
            and f"{where}/".startswith(f"{live.within}/")
            and _agrees(resource, live, known)
        ]
        if len(fitting) == 1:
            taken.append(fitting[0])
            yield name, fitting[0]


def _agrees(resource: Mapping[str, Any], live: Live, known: Mapping[str, Live]) -> bool:
    return all(
        names(_at(resource.get("Properties", {}), path), known) == _at(live.properties, path)
        for path in TELLING.get(live.type, ())
    )


def _at(properties: Any, path: str) -> Any:
    for name in path.split("."):
        properties = properties.get(name) if isinstance(properties, Mapping) else None
    return properties


def template(final: Template, deployed: Template, found: Iterable[Import]) -> Template:
    """Return the deployed template with the resources of an import, as they are.

    The outputs stay those that are deployed: CloudFormation lets an import change none.
    """
    known = {item.logical_id: item.live for item in found}
    added = {name: _imported(resources(final)[name], live, known) for name, live in known.items()}
    return {**deployed, "Resources": {**resources(deployed), **added}}


def _imported(resource: Mapping[str, Any], live: Live, known: Mapping[str, Live]) -> dict[str, Any]:
    """Return a resource with the values that it has, of the properties that the file will set.

    What the file never sets is left out: CloudFormation then leaves it alone.
    """
    policy = resource.get("DeletionPolicy", "Retain")
    final = resource.get("Properties", {})
    certain = {name: final[name] for name in _certain(final, live, known) if name in final}
    whole = (name for kind, name in WHOLE if kind == live.type and name in final)
    certain |= {name: live.properties[name] for name in whole if _has_more(live, final, name)}
    if live.type == BUCKET and "Tags" in final:
        # S3 sets all tags at once: the next review has to show those that would go.
        tags = live.properties.get("Tags", [])
        certain["Tags"] = final["Tags"] if _same_items(final["Tags"], tags) else tags
    return {
        "Type": resource["Type"],
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": resource.get("UpdateReplacePolicy", policy),
        "Properties": {**_as_it_is(final, live.properties, known), **certain},
        "Metadata": resource.get("Metadata", {}),
    }


def _has_more(live: Live, final: Mapping[str, Any], name: str) -> bool:
    return bool({*live.properties.get(name, {})} - {*final[name]})


def _certain(final: Any, live: Live, known: Mapping[str, Live]) -> tuple[str, ...]:
    """Name the properties that are as the file will have them, though nobody can read them.

    A password is, once its secret comes into the stack with it.
    """
    unnamed = tuple(name for name in FIRST_DATABASE if name not in live.properties)
    secrets = [name for name, item in known.items() if item.type == "AWS::SecretsManager::Secret"]
    said = json.dumps(final.get("MasterUserPassword"))
    if any(f'"{name}"' in said for name in secrets):
        return (*PASSWORD, *unnamed)
    return (*GENERATED.get(live.type, ()), *unnamed)


def _as_it_is(final: Any, live: Any, known: Mapping[str, Live]) -> Any:
    """Write live values as the file's template writes them, where the two are the same.

    A reference to what is imported too, or a list in another order, is no change for a review.
    """
    if names(final, known) == live:
        return final
    match final, live:
        case dict(), dict() if not is_call(final):
            both = {name: item for name, item in final.items() if name in live}
            return {name: _as_it_is(item, live[name], known) for name, item in both.items()}
        case list(), list() if _same_items([names(item, known) for item in final], live):
            return final
        case [{"Key": _, "Value": _}, *_], list():
            # Tags of others are left out: a later change set would take them away.
            ours = {tag["Key"] for tag in final}
            return [tag for tag in live if tag["Key"] in ours]
    return referring(live, dict(references(final, known)))


def _same_items(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(item in other for item in one)
