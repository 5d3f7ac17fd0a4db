"""Cloud Control reads and lists the resources of the account, whoever made them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from embedded.gaps._ministack import Handler, Response, responses, service
from embedded.gaps.gap import Effect, Gap
from embedded.readers import READERS, Properties, Reader
from embedded.readers.inside import as_caller

GAP = Gap(
    aws=(
        "`GetResource` and `ListResources` answer for every resource, whoever made it, and read it "
        "with the permissions of whoever asks."
    ),
    page=(
        "https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations-read.html"
    ),
    ministack="They know what Cloud Control itself made, and ask for no further permission.",
    effect=Effect.STRICTER,
)

FAILED = "{type} Handler returned status FAILED: {why} (HandlerErrorCode: AccessDenied)"
UNKNOWN_TYPE = "Resource type {type} does not support READ action"


def install() -> None:
    """Answer GetResource and ListResources from the readers."""
    control: Any = service("cloudcontrol")
    control._get_resource = _refusing(_get)
    control._list_resources = _refusing(_list)


def _refusing(answer: Handler) -> Handler:
    def refusing(request: Properties) -> Response:
        try:
            return answer(request)
        except ClientError as error:
            found = error.response["Error"]
            return _refusal(
                found["Code"], FAILED.format(type=request["TypeName"], why=found["Message"])
            )

    return refusing


def _get(request: Properties) -> Response:
    reader = READERS.get(request["TypeName"])
    if reader is None:
        return _refusal("UnsupportedActionException", UNKNOWN_TYPE.format(type=request["TypeName"]))
    found = _described(reader, tuple(request["Identifier"].split("|")))
    if found is None:
        return _refusal(
            "ResourceNotFoundException",
            f"Resource of type '{request['TypeName']}' with identifier "
            f"'{request['Identifier']}' was not found.",
        )
    return _answer({"TypeName": request["TypeName"], "ResourceDescription": found})


def _list(request: Properties) -> Response:
    reader = READERS.get(request["TypeName"])
    if reader is None:
        return _refusal("UnsupportedActionException", UNKNOWN_TYPE.format(type=request["TypeName"]))
    return _answer({"TypeName": request["TypeName"], "ResourceDescriptions": [*_all(reader)]})


def _all(reader: Reader) -> Iterator[Properties]:
    for identifier in reader.find(as_caller()):
        if found := _described(reader, identifier):
            yield found


def _described(reader: Reader, identifier: tuple[str, ...]) -> Properties | None:
    properties = reader.current(as_caller(), identifier)
    if properties is None:
        return None
    named = dict(zip(reader.identifier, identifier, strict=True))
    whole = {**named, **properties, **reader.attributes(as_caller(), *identifier)}
    return {"Identifier": "|".join(identifier), "Properties": json.dumps(whole, default=str)}


def _answer(content: Properties) -> Response:
    answer: Response = responses.json_response(content)
    return answer


def _refusal(code: str, message: str) -> Response:
    answer: Response = responses.error_response_json(code, message, 400)
    return answer
