"""The type `AWS::SSM::Document`, and its versions. No session is opened by it."""

from __future__ import annotations

import json
import re
from typing import Any

from embedded.gaps._ministack import (
    Created,
    Properties,
    Response,
    generated_name,
    register,
    responses,
    service,
)
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
"""Of each name the type, the versions in their order, and the number of the default one."""


def install() -> None:
    """Register the type, and answer for documents."""
    register(TYPE, _create, _update, _delete, replacing=("Name", "DocumentType"))
    ssm = service("ssm")
    pristine = ssm.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Response:
        answer = ACTIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if answer is None:
            response: Response = await pristine(method, path, headers, body, query)
            return response
        return _answer(answer, json.loads(body or b"{}"))

    ssm.handle_request = handle_request


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
    kind = new.get("DocumentType", "Command")
    if kind == "Session" and said.get("schemaVersion") != "1.0":
        raise ValueError("Session documents have the schema version 1.0")
    known = _DOCUMENTS.get(name, {"type": kind, "versions": []})
    versions = [*known["versions"], json.dumps(said)]
    _DOCUMENTS[name] = {**known, "versions": versions, "default": len(versions)}
    return name, {}


def _delete(name: str, properties: Properties) -> None:
    _DOCUMENTS.pop(name, None)


def _answer(action: Any, given: Properties) -> Response:
    if action is not _made and "Name" in given and given["Name"] not in _DOCUMENTS:
        missing: Response = responses.error_response_json(
            "InvalidDocument", "The specified document does not exist.", 400
        )
        return missing
    found: Response = responses.json_response(action(given))
    return found


def _made(given: Properties) -> Properties:
    name, _ = _create("", given, "")
    return {"DocumentDescription": {"Name": name, "DocumentVersion": "1"}}


def _list(given: Properties) -> Properties:
    """All are the account's own: AWS has none here."""
    asked = {item["Key"]: item["Values"] for item in given.get("Filters", ())}
    kinds = {name: found["type"] for name, found in _DOCUMENTS.items()}
    wanted = asked.get("DocumentType", kinds.values())
    named = [{"Name": name, "DocumentType": k} for name, k in kinds.items() if k in wanted]
    return {"DocumentIdentifiers": named}


def _get(given: Properties) -> Properties:
    found = _DOCUMENTS[given["Name"]]
    return {
        "Name": given["Name"],
        "Content": found["versions"][found["default"] - 1],
        "DocumentFormat": "JSON",
        "DocumentType": found["type"],
        "DocumentVersion": str(found["default"]),
    }


def _new_version(given: Properties) -> Properties:
    """A new version is not the default one until somebody says so."""
    found = _DOCUMENTS[given["Name"]]
    versions = [*found["versions"], given["Content"]]
    _DOCUMENTS[given["Name"]] = {**found, "versions": versions}
    described = {"Name": given["Name"], "DocumentVersion": str(len(versions))}
    return {"DocumentDescription": described}


def _choose(given: Properties) -> Properties:
    chosen = int(given["DocumentVersion"])
    _DOCUMENTS[given["Name"]] = {**_DOCUMENTS[given["Name"]], "default": chosen}
    return {"Description": {"Name": given["Name"], "DefaultVersion": str(chosen)}}


ACTIONS = {
    "CreateDocument": _made,
    "GetDocument": _get,
    "ListDocuments": _list,
    "UpdateDocument": _new_version,
    "UpdateDocumentDefaultVersion": _choose,
}
