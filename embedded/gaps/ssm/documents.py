"""The type `AWS::SSM::Document`. No session is opened by it."""

from __future__ import annotations

import json
import re
from typing import Any

from embedded.gaps._ministack import Created, Properties, generated_name, register, responses
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws="A stack has documents, and a name is taken once in an account and region.",
    page=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ssm-document.html"
    ),
    ministack="It knows neither the type nor documents.",
    effect=Effect.CAPABLE,
)

TYPE = "AWS::SSM::Document"
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
_DOCUMENTS: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Register the type."""
    register(TYPE, _create, _update, _delete, replacing=("Name", "DocumentType"))


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("Name") or generated_name(stack, logical_id, 128)
    if not _NAME.fullmatch(name):
        raise ValueError(f"Document name {name} is not valid")
    if name in _DOCUMENTS:
        raise ValueError(f"Document with same name {name} already exists")
    return _update(name, {}, properties, stack)


def _update(name: str, old: Properties, new: Properties, stack: str) -> Created:
    content = new["Content"]
    said = json.loads(content) if isinstance(content, str) else content
    if new.get("DocumentType") == "Session" and said.get("schemaVersion") != "1.0":
        raise ValueError("Session documents have the schema version 1.0")
    _DOCUMENTS[name] = said
    return name, {}


def _delete(name: str, properties: Properties) -> None:
    _DOCUMENTS.pop(name, None)
