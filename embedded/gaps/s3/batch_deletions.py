"""`DeleteObjects`: one call, and as many decisions as it names objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from embedded.gaps._ministack import Response, app, iam_actions, service
from embedded.gaps.gap import Effect, Gap

GAP = Gap(
    aws=(
        "`DeleteObjects` needs `s3:DeleteObject` on each object, `s3:DeleteObjectVersion` where it "
        "names a version. What is denied is listed in the answer; the rest is deleted."
    ),
    page="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
    ministack=(
        "The first object needs `s3:DeleteObject`, version or not, and one denial refuses the call."
    ),
    effect=Effect.STRICTER,
)
NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
BYPASS = "s3:BypassGovernanceRetention"


def install() -> None:
    """Judge no call as a whole, but each of its objects."""
    s3 = service("s3")
    extract, delete = iam_actions.extract_iam_action, s3._delete_objects

    def extract_iam_action(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Any:
        batch = name == "s3" and method == "POST" and "delete" in query
        return None if batch else extract(name, method, path, headers, body, query)

    def delete_objects(bucket: str, body: bytes, headers: Any = None) -> Response:
        return _delete(delete, bucket, body, headers or {})

    iam_actions.extract_iam_action, s3._delete_objects = extract_iam_action, delete_objects


def _delete(delete: Any, bucket: str, body: bytes, headers: Any) -> Response:
    """Delete what may be, and add what may not to the answer."""
    fromstring = service("s3").fromstring
    try:
        request = fromstring(body)
    except SyntaxError:
        malformed: Response = delete(bucket, body, headers)
        return malformed
    denied = [found for found in _objects(request) if not _is_allowed(bucket, found, headers)]
    for found in denied:
        request.remove(found)
    status, answer_headers, answer = delete(bucket, tostring(request), headers)
    if status != 200 or not denied:
        return status, answer_headers, answer
    result = fromstring(answer)
    for found in denied:
        error = SubElement(result, f"{NAMESPACE}Error")
        for name, text in _details(found).items():
            SubElement(error, f"{NAMESPACE}{name}").text = text
    answer_headers = {
        name: value for name, value in answer_headers.items() if name.lower() != "content-length"
    }
    return status, answer_headers, tostring(result)


def _objects(request: Element) -> list[Element]:
    return [found for found in request if found.tag.rpartition("}")[2] == "Object"]


def _named(found: Element) -> dict[str, str]:
    return {part.tag.rpartition("}")[2]: part.text or "" for part in found}


def _details(found: Element) -> dict[str, str]:
    named = {name: text for name, text in _named(found).items() if name in ("Key", "VersionId")}
    return {**named, "Code": "AccessDenied", "Message": "Access Denied"}


def _is_allowed(bucket: str, found: Element, headers: Any) -> bool:
    named = _named(found)
    arn = f"arn:aws:s3:::{bucket}/{named.get('Key', '')}"
    return all(
        app._enforce_data_plane("s3", action, headers, {}, "", resource_arn=arn) is None
        for action in _actions(named, headers)
    )


def _actions(named: dict[str, str], headers: Any) -> Iterator[str]:
    yield "s3:DeleteObjectVersion" if named.get("VersionId") else "s3:DeleteObject"
    if str(headers.get("x-amz-bypass-governance-retention", "")).lower() == "true":
        yield BYPASS
