"""The templates that CloudFormation holds: the deployed one, and the one of a change set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from runbook.changes.review import Difference

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Template = dict[str, Any]

_SECRET = ("password", "secret", "token", "privatekey", "accesskey")


def deployed(client: CloudFormationClient, stack: str) -> Template:
    """Return the template of a stack as it is; an empty one when nothing was deployed yet."""
    try:
        return _parsed(
            client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
        )
    except ClientError:
        return {}


def proposed(client: CloudFormationClient, change_set: str, stack: str) -> Template:
    """Return the template that a change set would put in place."""
    answer = client.get_template(
        StackName=stack, ChangeSetName=change_set, TemplateStage="Original"
    )
    return _parsed(answer["TemplateBody"])


def _parsed(body: Any) -> Template:
    # boto3 parses a JSON body itself and leaves a YAML one as text; the CDK writes JSON.
    parsed = json.loads(body) if isinstance(body, str) and body.strip() else body
    return dict(parsed or {})


def resources(template: Template) -> dict[str, dict[str, Any]]:
    """Return a template's resources by logical id."""
    return dict(template.get("Resources", {}))


def place(logical_id: str, *versions: dict[str, Any] | None) -> str:
    """Return where a resource stands in the application, below its stack."""
    for resource in versions:
        path = (resource or {}).get("Metadata", {}).get("aws:cdk:path")
        if path:
            return str(path).partition("/")[2].removesuffix("/Resource")
    return logical_id


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield the values that differ, each at the path of the deepest thing that has both sides."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and not _intrinsic(before, after):
        for key in sorted({*before, *after}):
            inside = f"{path}.{key}" if path else key
            yield from differences(before.get(key), after.get(key), inside)
        return
    yield Difference(path=path, before=_masked(before, path), after=_masked(after, path))


def _masked(value: Any, path: str) -> Any:
    """Hide what stands below the name of a secret; a reference to one gives nothing away."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return value
        case dict():
            return {key: _masked(item, f"{path}.{key}") for key, item in value.items()}
        case list():
            return [_masked(item, path) for item in value]
        case str() if any(word in path.lower() for word in _SECRET):
            return "(hidden)"
    return value


def _intrinsic(*values: dict[str, Any]) -> bool:
    """A function call of CloudFormation's is one value, not a mapping to look into."""
    return any(
        len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")) for value in values
    )


def display(value: Any) -> str:
    """Write a template's value for a person: `topic.Arn` for a reference, not its JSON."""
    match value:
        case {"Ref": str(name)}:
            return name.removeprefix("AWS::")
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"{name}.{attribute}"
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(display(part) for part in parts)
        case {"Fn::Sub": str(pattern)}:
            return pattern
        case list():
            return ", ".join(display(item) for item in value)
        case str():
            return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
